"""Callbacks about WABAs, numbers, templates and samples, and the one that tries a profile out.

The documents print their flat forms alone (reference/kaleyra-v2.md 3.3 to 3.5); the envelope is
that of messages, with Meta's own field and value.
"""

import msgspec

from waypost.model.callback import AccountEvent, SampleEvent, TestEvent

_encode = msgspec.json.Encoder().encode


def render_account(event: AccountEvent) -> bytes:
    """What Meta told, as JSON."""
    return _encode(
        {
            "meta_object": {"value": msgspec.Raw(event.value), "field": event.field},
            "extra_info": {"trace_id": event.trace_id, "waba_id": event.waba_id},
        }
    )


def render_sample(event: SampleEvent) -> bytes:
    """What became of a sample, as JSON."""
    return _encode(
        {
            "status": event.status,
            "uploaded_file_handle": event.handle,
            "file_name": event.file_name,
            "file_link": event.file_link,
            "resumable_media_id": event.resumable_media_id,
            "waba_id": event.waba_id,
            "time": str(int(event.occurred_at.timestamp())),
        }
    )


def render_test(event: TestEvent) -> bytes:
    """A body that says that it is a test, as JSON."""
    return _encode(
        {
            "test": True,
            "message": "This is a test of your callback profile. Nothing happened.",
            "callback_profile_id": event.profile_id,
            "time": str(int(event.occurred_at.timestamp())),
        }
    )
