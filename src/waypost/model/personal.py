"""Every column that may tell of a person, and what becomes of it when it is erased.

Law: a column of text or bytes stands in exactly one of PERSONAL and IMPERSONAL; a test holds both
against the schema, so that a new column is thought about before it is kept.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

MARK = "erased:"
"""What the keyed hash of a recipient, or of a wamid, begins with."""

NOTHING = b'{"erased":true}'
"""What stands in the place of content."""


class Erasing(StrEnum):
    """What becomes of a value.

    ADDRESS  a recipient, or the name that Meta gave a message for one: its keyed hash
    BYTES    content: NOTHING
    OBJECT   content as a text of JSON: an empty object
    TEXT     a name, or words of a person: empty
    NULL     content that may be missing: it is
    WORDS    words of Meta's, of an endpoint or of ours: numbers, user ids and wamids are taken out
    OWN      words of the account's own: they stay, without the one who is to be erased
    URL      an address on the web: only the scheme and the host stay
    ROW      the whole row goes, if this is where the one to be erased stands
    """

    ADDRESS = "address"
    BYTES = "bytes"
    OBJECT = "object"
    TEXT = "text"
    NULL = "null"
    WORDS = "words"
    OWN = "own"
    URL = "url"
    ROW = "row"


class Kind(StrEnum):
    """Tables with personal columns."""

    MESSAGES = "messages"
    FACTS = "facts"
    SUBMISSIONS = "submissions"
    CALLBACKS = "callbacks"
    CALLBACK_ATTEMPTS = "callback_attempts"
    INBOUND_MESSAGES = "inbound_messages"
    ACCOUNT_EVENTS = "account_events"
    WEBHOOKS = "webhooks"
    PARKED_STATUSES = "parked_statuses"
    IDEMPOTENCY_KEYS = "idempotency_keys"
    AUDIT_ENTRIES = "audit_entries"
    ALARMS = "alarms"
    MEDIA = "media"
    OPT_OUTS = "opt_outs"
    SERVICE_WINDOWS = "service_windows"
    REACHED_USERS = "reached_users"


PERSONAL: Mapping[Kind, Mapping[str, Erasing]] = {
    Kind.MESSAGES: {
        "recipient": Erasing.ADDRESS,
        "wamid": Erasing.ADDRESS,
        "wa_id": Erasing.ADDRESS,
        "failure_title": Erasing.WORDS,
        "failure_detail": Erasing.WORDS,
        "failure_step": Erasing.WORDS,
    },
    Kind.FACTS: {
        "wamid": Erasing.ADDRESS,
        "failure_title": Erasing.WORDS,
        "failure_detail": Erasing.WORDS,
        "failure_step": Erasing.WORDS,
        "answer": Erasing.WORDS,
    },
    Kind.SUBMISSIONS: {
        "content": Erasing.BYTES,
        "findings": Erasing.NULL,
        "ref": Erasing.OWN,
        "ref1": Erasing.OWN,
        "ref2": Erasing.OWN,
    },
    Kind.CALLBACKS: {
        "body": Erasing.BYTES,
        "variables": Erasing.OBJECT,
        "last_answer": Erasing.WORDS,
    },
    Kind.CALLBACK_ATTEMPTS: {
        "url": Erasing.URL,
        "problem": Erasing.WORDS,
        "answer": Erasing.NULL,
    },
    Kind.INBOUND_MESSAGES: {
        "recipient": Erasing.ADDRESS,
        "user_id": Erasing.ADDRESS,
        "wamid": Erasing.ADDRESS,
        "profile_name": Erasing.TEXT,
        "value": Erasing.BYTES,
        "place": Erasing.NULL,
        "media_name": Erasing.TEXT,
        "media_object_key": Erasing.NULL,
        "media_failure": Erasing.NULL,
        "ref": Erasing.OWN,
        "ref1": Erasing.OWN,
        "ref2": Erasing.OWN,
    },
    Kind.ACCOUNT_EVENTS: {"value": Erasing.BYTES},
    Kind.WEBHOOKS: {"body": Erasing.BYTES, "outcome": Erasing.WORDS},
    Kind.PARKED_STATUSES: {
        "wamid": Erasing.ROW,
        "meta_value": Erasing.ROW,
        "failure_title": Erasing.ROW,
        "failure_detail": Erasing.ROW,
        "failure_step": Erasing.ROW,
    },
    Kind.IDEMPOTENCY_KEYS: {"key": Erasing.ROW, "answer": Erasing.OWN},
    Kind.AUDIT_ENTRIES: {"target": Erasing.OWN, "detail": Erasing.OWN},
    Kind.ALARMS: {"detail": Erasing.OWN, "next_step": Erasing.OWN},
    Kind.MEDIA: {"file_name": Erasing.OWN},
    Kind.OPT_OUTS: {"recipient": Erasing.ROW, "detail": Erasing.ROW},
    Kind.SERVICE_WINDOWS: {"recipient": Erasing.ROW},
    Kind.REACHED_USERS: {"recipient": Erasing.ROW},
}
"""The columns in the order in which the queries of `erasure.sql` give and take them."""

_OURS = "an id, a state or a time that the gateway made"
_METAS = "Meta's name of something that is the account's own"
_ACCOUNTS = "the account's own: its directory, its templates, its products, its settings"
_MONEY = "money and figures name no recipient"
_CODES = "one of a fixed list of codes"

IMPERSONAL: Mapping[str, Mapping[str, str]] = {
    _OURS: {
        "account_events": "account_event_id digest",
        "callback_attachments": "target profile_id",
        "callback_attempts": "event_id profile_id",
        "callback_profiles": "profile_id state state_reason",
        "callbacks": "event_id message_id status state profile_id kind",
        "facts": "message_id fact",
        "idempotency_keys": "body_hash",
        "inbound_messages": "inbound_id reply_to trace_id media_state",
        "lane_owners": "queue lane process_id",
        "media": "media_id digest object_key",
        "messages": "message_id submission_id state payment",
        "parked_statuses": "fact",
        "places": "name value",
        "processes": "process_id roles",
        "queue": "queue lane item_id lease_token",
        "resumable_media": "resumable_media_id state object_key failure",
        "submissions": "submission_id kind source trace_id callback_profile_id",
        "webhooks": "webhook_id",
    },
    _METAS: {
        "account_events": "waba_id sender_id",
        "inbound_messages": "sender_id waba_id media_id",
        "media": "sender_id meta_id",
        "messages": "sender_id",
        "parked_statuses": "phone_number_id",
        "portfolios": "portfolio_id",
        "reached_hours": "portfolio_id",
        "reached_users": "portfolio_id",
        "resumable_media": "waba_id handle",
        "senders": "sender_id phone_number_id waba_id display_name api_version held_code "
        "held_title held_detail held_step",
        "service_windows": "sender_id",
        "submissions": "sender_id template_name template_language",
        "template_changes": "waba_id",
        "templates": "waba_id template_id",
        "wabas": "waba_id catalogue_id sync_failure portfolio_id",
    },
    _ACCOUNTS: {
        "accounts": "sid name kind state check_mode opt_out_keywords opt_in_keywords "
        "unknown_policy template_policy capped_policy",
        "alarms": "subject",
        "api_keys": "key_hash prefix allowed_addresses label",
        "audit_entries": "actor address",
        "callback_profiles": "title events method url body content_type secrets",
        "catalogues": "catalogue_id source",
        "products": "catalogue_id retailer_id name availability price",
        "resumable_media": "file_name mime_type",
        "senders": "state",
        "template_changes": "name language what before after reason source",
        "templates": "name language category status components parameter_format quality "
        "rejected_reason",
        "wabas": "access_token name",
    },
    _MONEY: {
        "ledger_entries": "reference kind reason",
        "messages": "country category",
        "rate_cards": "currency",
        "rates": "country category",
        "usage_counts": "sender_id template country category",
        "usage_failures": "sender_id template country code",
        "wallets": "currency",
    },
    _CODES: {
        "account_events": "field",
        "alarms": "kind",
        "audit_entries": "act",
        "facts": "failure_code",
        "inbound_messages": "kind media_type",
        "media": "kind mime_type",
        "messages": "failure_code",
        "opt_outs": "source",
        "parked_statuses": "failure_code pricing_kind pricing_category",
    },
}
"""Why columns of text or bytes tell of no recipient, by table; names with spaces between."""

AGED = (
    Kind.MESSAGES,
    Kind.FACTS,
    Kind.SUBMISSIONS,
    Kind.CALLBACKS,
    Kind.CALLBACK_ATTEMPTS,
    Kind.INBOUND_MESSAGES,
    Kind.ACCOUNT_EVENTS,
    Kind.WEBHOOKS,
)
"""What is erased by its age, in this order: what belongs to a message goes after it.

The other tables hold a row for a time of their own that is short, or until it is taken back.
"""


class PersonalRow(Struct, frozen=True):
    """The personal columns of one row.

    key       behind the account, in the order of the table's primary key
    of        the id of the message, request or inbound message that it belongs to; or empty
    is_over   whether nobody needs it any more to do what is still to be done
    values    in the order of PERSONAL
    """

    account_id: int
    key: tuple[str | int, ...]
    of: str
    is_over: bool
    values: tuple[str | bytes | None, ...]
