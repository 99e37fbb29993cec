"""An emulator inside another program: its thread, its port, and what a test asks of it."""
