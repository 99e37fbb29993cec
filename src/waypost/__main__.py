"""The command `waypost`, also as `python -m waypost`."""

from waypost.cli.main import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
