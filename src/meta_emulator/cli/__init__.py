"""The command `meta-emulator`: to serve, and to ask and order an emulator that serves."""
