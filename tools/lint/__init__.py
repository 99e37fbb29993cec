"""Our own rules, one file each with its story; `python -m tools.lint` runs them all."""
