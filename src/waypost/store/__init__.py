"""What is kept, and how; stages see ports.py only."""
