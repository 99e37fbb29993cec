"""The four keys of every answer: `code`, `message`, `data`, `error`, in this order.

Law: keys, order and texts are the documents'; whitespace is ours (none). What a refusal has to
say beyond the documents stands in `error.details`, beside the documented key.
Source: the documents' sample answers; design contract, "Answers".
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from waypost.model.money import Money
from waypost.model.refusal import Fault, Reason, Refusal
from waypost.model.sender import Sender
from waypost.wire.codes import ACCEPTED, PROCESSED, REFUSED, Wording

_JSON_HEADERS: tuple[tuple[bytes, bytes], ...] = ((b"content-type", b"application/json"),)

RETRY_AFTER_S = 1
"""Said with a 429 when the refusal names no time of its own."""


class Answer(Struct, frozen=True):
    """An HTTP answer: its status, its headers (lower-case names) and its body."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


def render_refusal(refusal: Refusal) -> Answer:
    """The answer to a request that was not accepted.

    Without faults it is the documented answer and nothing more. With faults, `error` also has
    `details`: a list of `{"path", "code", "message"}`, for faults of the JSON text with `line`
    and `column` behind, for findings of a check with `meta_code` and `mend`. A 429 always has
    `Retry-After`, in whole seconds.
    """
    if not refusal.faults and refusal.retry_after_s is None:
        return _PLAIN[refusal.reason]
    wording = REFUSED[refusal.reason]
    retry_after_s = refusal.retry_after_s
    if retry_after_s is None and refusal.reason is Reason.RATE:
        retry_after_s = RETRY_AFTER_S
    return Answer(
        wording.status,
        _headers(retry_after_s),
        _refusal_body(wording, refusal.faults),
    )


def render_accepted(submission_id: str, messages: Sequence[tuple[str, str]]) -> Answer:
    """The 202. `messages` are pairs of a recipient's address and its message id, in order.

    With one recipient `data` is `{"message_id"}`, as documented; with several it also lists
    `messages`, each `{"to", "message_id"}`.
    """
    data = b'{"message_id":' + _encode(submission_id)
    if len(messages) > 1:
        listed = [{"to": address, "message_id": message_id} for address, message_id in messages]
        data += b',"messages":' + _encode(listed)
    return Answer(ACCEPTED.status, _JSON_HEADERS, _ACCEPTED_HEAD + data + _ACCEPTED_TAIL)


def render_rehearsal(
    addresses: Sequence[str],
    withheld: int,
    amounts: Mapping[str, Money],
    findings: Sequence[Fault],
) -> Answer:
    """The 200 to a dry run: nothing was kept, nothing was charged.

    `data` is `{"dry_run": true, "recipients": [...], "withheld", "price", "total", "spendable",
    "findings"}`; so many are withheld as are beyond the account's number for the day; an amount is
    `{"amount": "0.0100", "currency": "USD"}`, a finding as in `error.details`.
    """
    data: dict[str, Any] = {
        "dry_run": True,
        "recipients": list(addresses),
        "withheld": withheld,
    }
    for name, money in amounts.items():
        amount, _, currency = str(money).partition(" ")
        data[name] = {"amount": amount, "currency": currency}
    data["findings"] = [_detail(finding) for finding in findings]
    return render_processed(data)


def render_processed(data: Any) -> Answer:
    """The 200 of everything that is done at once: `data` is what it gave."""
    return Answer(
        PROCESSED.status,
        _JSON_HEADERS,
        _encode({"code": PROCESSED.code, "message": PROCESSED.message, "data": data, "error": {}}),
    )


def render_senders(senders: Sequence[Sender]) -> Answer:
    """The 200 to `GET /v2/<SID>/whatsapp`: `data` is `{"senders": [...]}`.

    Each sender is `{"phone_number", "phone_number_id", "waba_id", "status"}`; the number has its
    `+`, and nothing of the access token is told.
    """
    listed = [
        {
            "phone_number": f"+{sender.sender_id}",
            "phone_number_id": sender.phone_number_id,
            "waba_id": sender.waba_id,
            "status": sender.state.value,
        }
        for sender in senders
    ]
    return render_processed({"senders": listed})


def _refusal_body(wording: Wording, faults: Sequence[Fault]) -> bytes:
    error: dict[str, Any] = {wording.error_key: wording.error_text}
    if faults:
        error["details"] = [_detail(fault) for fault in faults]
    return _encode(
        {
            "code": wording.code,
            "message": wording.message,
            "data": [] if wording.has_list_data else {},
            "error": error,
        }
    )


def _detail(fault: Fault) -> dict[str, Any]:
    detail: dict[str, Any] = {"path": fault.path, "code": fault.code, "message": fault.message}
    if fault.line is not None:
        detail["line"] = fault.line
    if fault.column is not None:
        detail["column"] = fault.column
    if fault.meta_code is not None:
        detail["meta_code"] = fault.meta_code
    if fault.mend is not None:
        detail["mend"] = fault.mend
    return detail


def _headers(retry_after_s: int | None) -> tuple[tuple[bytes, bytes], ...]:
    if retry_after_s is None:
        return _JSON_HEADERS
    return (*_JSON_HEADERS, (b"retry-after", str(retry_after_s).encode()))


_encode = msgspec.json.Encoder().encode

_ACCEPTED_HEAD = (
    b'{"code":' + _encode(ACCEPTED.code) + b',"message":' + _encode(ACCEPTED.message) + b',"data":'
)
_ACCEPTED_TAIL = b'},"error":{}}'

_PLAIN = {
    reason: Answer(
        wording.status,
        _headers(RETRY_AFTER_S if reason is Reason.RATE else None),
        _refusal_body(wording, ()),
    )
    for reason, wording in REFUSED.items()
}
