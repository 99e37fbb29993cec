"""Media: what was uploaded to be sent, and what was uploaded as a sample for a template."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class MediumKind(StrEnum):
    """Meta's kinds of media."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"


class Medium(Struct, frozen=True):
    """One uploaded medium of a sender.

    media_id         what the customer names in a send; stays the same for as long as it is kept
    digest           SHA-256 of its bytes; None if only Meta has them
    object_key       names its bytes in the media store; None if only Meta has them
    meta_id          Meta's id of it now: another one after each upload
    meta_expires_at  when Meta forgets `meta_id` (30 days after its upload)
    """

    account_id: int
    media_id: str
    sender_id: str
    kind: MediumKind
    mime_type: str
    size_bytes: int
    file_name: str
    digest: bytes | None
    object_key: str | None
    meta_id: str
    meta_expires_at: datetime
    created_at: datetime
    last_used_at: datetime


class ResumableState(StrEnum):
    """How far a sample for a template's header is."""

    PENDING = "PENDING"
    UPLOADED = "UPLOADED"
    FAILED = "FAILED"


class ResumableMedium(Struct, frozen=True):
    """One sample for a template's header, and Meta's handle of it once it has one.

    expires_at  when the handle is no longer good (24 hours after its upload)
    """

    account_id: int
    resumable_media_id: str
    waba_id: str
    file_name: str
    mime_type: str
    size_bytes: int
    state: ResumableState
    handle: str | None
    object_key: str | None
    failure: str | None
    created_at: datetime
    expires_at: datetime
