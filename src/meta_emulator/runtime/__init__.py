"""The machine: time, chance, waiting for a change, remembering, the socket outwards."""
