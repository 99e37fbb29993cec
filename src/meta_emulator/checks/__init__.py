"""Whether Meta would take a message: its shape, its parts against the template, its products."""
