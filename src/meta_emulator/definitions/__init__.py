"""Whether Meta would take a template, and how it shows one afterwards."""
