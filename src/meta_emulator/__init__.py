"""A Cloud API that never was Meta: it answers, checks and reports as Meta's does.

A client sends at `app`; `messages` understands the send and `checks` holds it against the
template; `schedule` lets statuses fall due, `webhooks` words and signs them, `delivery` brings
them to the receiver; `inbound` speaks for recipients, `control` for whoever runs the emulator.
It never imports the gateway: the witness is a stranger.
"""
