"""What a recipient chooses from: reply buttons and lists.

Kaleyra's page allows ten rows in each of ten sections; Meta's limit is ten rows in all. Meta's
holds here, for it is Meta that refuses the message. Source: `reference` 1.10;
reference/kaleyra-v2.md 12.
"""

from waypost.model.content_check.part import Count, Part

_BUTTONS = Count(1, 3, "reply buttons")
_SECTIONS = Count(1, 10, "sections")
_ROWS = Count(1, 10, "rows in all sections")
_ROWS_OF_ONE = Count(1, None, "rows")
_LONGEST_BUTTON = 20
_LONGEST_REPLY_ID = 256
_LONGEST_ROW_ID = 200
_LONGEST_DESCRIPTION = 72
LONGEST_TITLE = 24
"""Of a section, and of a row."""


def check_reply_buttons(_interactive: Part, action: Part) -> None:
    """The action of an interactive message of type `button`."""
    ids: set[str] = set()
    titles: set[str] = set()
    for button in action.parts("buttons", _BUTTONS):
        button.word("type", ("reply",))
        reply = button.part("reply", 'an object like {"id": "yes", "title": "Yes"}')
        if reply is not None:
            reply.repeated("id", reply.text("id", _LONGEST_REPLY_ID), ids, "buttons")
            reply.repeated("title", reply.text("title", _LONGEST_BUTTON), titles, "buttons")


def check_list(_interactive: Part, action: Part) -> None:
    """The action of an interactive message of type `list`."""
    action.text("button", _LONGEST_BUTTON)
    sections = action.parts("sections", _SECTIONS)
    count = 0
    ids: set[str] = set()
    for section in sections:
        section.text("title", LONGEST_TITLE, is_required=len(sections) > 1)
        rows = section.value.get("rows")
        count += len(rows) if isinstance(rows, list) else 0
        for row in section.parts("rows", _ROWS_OF_ONE):
            row.repeated("id", row.text("id", _LONGEST_ROW_ID), ids, "rows")
            row.text("title", LONGEST_TITLE)
            if row.value.get("description") != "":
                row.text("description", _LONGEST_DESCRIPTION, is_required=False)
    if count:
        action.check_count("sections", count, _ROWS)
