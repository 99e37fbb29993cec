"""The entry of `meta-emulator` and of `python -m meta_emulator`."""

from meta_emulator.cli.main import main

if __name__ == "__main__":
    main()
