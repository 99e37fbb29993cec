"""From here on the gateway is answerable for the message.

A submission comes in, ids or a refusal go out. It never talks to Meta and never answers before
the commit.
"""
