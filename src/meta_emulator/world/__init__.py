"""What the emulator holds: accounts, numbers, templates, catalogues, media, messages."""
