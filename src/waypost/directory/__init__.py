"""What must exist before a message can: accounts, keys, WABAs, senders, templates."""
