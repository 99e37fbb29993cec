"""Programs that make and check what is in this repository; run by make, never shipped."""
