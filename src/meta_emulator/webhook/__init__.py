"""What is told to receivers: bodies, signatures, delivery until HTTP 200."""
