"""The control API: what was sent, refused and heard, and orders to the emulator."""
