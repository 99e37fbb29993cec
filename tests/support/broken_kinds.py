"""Messages that break one of Meta's rules for their kind, and messages that just keep it.

Each broken one stands with what the content check says of it: the path below the message, the
code and Meta's code.
"""

import copy
from typing import Any

from support.kinds import FREE_FORM, contact


def changed(name: str, *keys: Any, to: Any) -> Any:
    """A sample with another value at the place that `keys` name."""
    message = copy.deepcopy(FREE_FORM[name])
    inner = message
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = to
    return message


def lacking(name: str, *keys: Any) -> Any:
    """A sample without the key that `keys` name."""
    message = copy.deepcopy(FREE_FORM[name])
    inner = message
    for key in keys[:-1]:
        inner = inner[key]
    del inner[keys[-1]]
    return message


BROKEN_KINDS = [
    (lacking("text", "text", "body"), ("/text/body", "required", 131008)),
    (changed("text", "text", "body", to=""), ("/text/body", "empty", 131009)),
    (changed("text", "text", "body", to=7), ("/text/body", "wrong_type", 100)),
    (changed("text", "text", "body", to="x" * 4097), ("/text/body", "too_long", 100)),
    (changed("text", "text", "preview_url", to=1), ("/text/preview_url", "wrong_type", 100)),
    (changed("text", "text", to=[]), ("/text", "wrong_type", 100)),
    (changed("reply", "context", to="wamid"), ("/context", "wrong_type", 100)),
    (changed("reply", "context", to={}), ("/context/message_id", "required", 131008)),
    (
        changed("reply", "context", "message_id", to=""),
        ("/context/message_id", "empty", 131009),
    ),
    (lacking("reaction", "reaction", "emoji"), ("/reaction/emoji", "required", 131008)),
    (
        lacking("reaction", "reaction", "message_id"),
        ("/reaction/message_id", "required", 131008),
    ),
    (changed("reaction", "reaction", "emoji", to=1), ("/reaction/emoji", "wrong_type", 100)),
    (lacking("image by id", "image", "id"), ("/image/id", "required", 131008)),
    (
        changed("image by id", "image", "link", to="https://example.com"),
        ("/image/link", "not_allowed", 131008),
    ),
    (changed("image by id", "image", "id", to=155808), ("/image/id", "wrong_type", 100)),
    (
        changed("image by id", "image", "caption", to="x" * 1025),
        ("/image/caption", "too_long", 131009),
    ),
    (
        changed("image by link", "image", "link", to="ftp://example.com"),
        ("/image/link", "wrong_value", 100),
    ),
    (
        changed("image by link", "image", "link", to="https://example.com/a b.png"),
        ("/image/link", "wrong_value", 100),
    ),
    (
        changed("document", "document", "filename", to=""),
        ("/document/filename", "empty", 131009),
    ),
    (
        changed("sticker", "sticker", "caption", to="x"),
        ("/sticker/caption", "not_allowed", 100),
    ),
    (changed("audio", "audio", "caption", to="x"), ("/audio/caption", "not_allowed", 100)),
    (
        lacking("location", "location", "longitude"),
        ("/location/longitude", "required", 131008),
    ),
    (
        changed("location", "location", "latitude", to=90.01),
        ("/location/latitude", "out_of_range", 131009),
    ),
    (
        changed("location", "location", "latitude", to="-91"),
        ("/location/latitude", "out_of_range", 131009),
    ),
    (
        changed("location", "location", "longitude", to=-180.1),
        ("/location/longitude", "out_of_range", 131009),
    ),
    (
        changed("location", "location", "longitude", to=True),
        ("/location/longitude", "wrong_type", 100),
    ),
    (
        changed("location", "location", "latitude", to="north"),
        ("/location/latitude", "wrong_type", 100),
    ),
    (
        changed("location", "location", "latitude", to=10**400),
        ("/location/latitude", "wrong_type", 100),
    ),
    (changed("location", "location", "name", to=1), ("/location/name", "wrong_type", 100)),
    (changed("contacts", "contacts", to=[]), ("/contacts", "too_few", 131009)),
    (changed("contacts", "contacts", to={}), ("/contacts", "wrong_type", 100)),
    (changed("contacts", "contacts", 0, to="Jo"), ("/contacts/0", "wrong_type", 100)),
    (lacking("contacts", "contacts", 0, "name"), ("/contacts/0/name", "required", 131008)),
    (
        changed("contacts", "contacts", 0, "name", to={"first_name": "Jo"}),
        ("/contacts/0/name/formatted_name", "required", 131008),
    ),
    (
        changed("contacts", "contacts", 0, "phones", 0, "phone", to=19405551234),
        ("/contacts/0/phones/0/phone", "wrong_type", 100),
    ),
    (
        changed("contacts", "contacts", 0, "emails", to={}),
        ("/contacts/0/emails", "wrong_type", 100),
    ),
    (
        changed("contacts", "contacts", 0, "birthday", to="18.8.2012"),
        ("/contacts/0/birthday", "wrong_value", 131009),
    ),
]

WHOLE_KINDS = [
    changed("text", "text", "body", to="x" * 4096),
    changed("image by id", "image", "caption", to="é" * 1024),
    changed("image by id", "image", "caption", to=""),
    changed("location", "location", "latitude", to=-90),
    changed("location", "location", "longitude", to="180.0"),
    changed("contacts", "contacts", to=[contact()] * 257),
    changed("contacts", "contacts", 0, "tomorrow", to=1),
    changed("document", "document", "tomorrow", to=1),
]
