"""The only place where a message changes state after acceptance; both roads meet here."""
