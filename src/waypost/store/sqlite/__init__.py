"""SQLite: one writer thread, WAL, every commit on the disk before it is answered."""
