"""What the door says of a request whose body is sound. Pure.

The template it names, the recipients it is for: each thing that would come back from Meta as a
number later is said here, with where it stands and how to mend it.
Source: design contract, "Template checks at the door"; `reference` 1.2, 3.3, 7.6.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from waypost.accept.nearest import name_nearest, spell
from waypost.model.account import Account
from waypost.model.finding import FindingCode, Findings
from waypost.model.opt_out import SERVICE_WINDOW, addresses_of
from waypost.model.recipient import Recipient
from waypost.model.refusal import Fault
from waypost.model.sender import Sender
from waypost.model.submission import READ_RECEIPT, Submission
from waypost.model.template import APPROVED, Template

NO_TEMPLATE = 132001
PAUSED = 132015
DISABLED = 132016
WINDOW_CLOSED = 131047
OPTED_OUT = 131050

META_CODES: Mapping[str, int] = {"PAUSED": PAUSED, "DISABLED": DISABLED}
"""What Meta answers for a template in such a status; for all others it is NO_TEMPLATE."""

MENDING: Mapping[str, str] = {
    "PENDING": "Wait until Meta has reviewed it; its status changes here by itself.",
    "IN_APPEAL": "Wait until Meta has decided on the appeal.",
    "REJECTED": "Mend the template and submit it again, or send another.",
    "PAUSED": "Wait until Meta lifts the pause, or send another template meanwhile.",
    "DISABLED": "Make a new template: Meta does not lift this.",
}
UNCERTAIN = ", as far as is known here; Meta could not be asked just now."
AGAIN = "Send it again in some seconds."
OTHERWISE = "Send a template whose status is APPROVED."

TEMPLATE = "template"

Place = tuple[int, str, str]
"""Account, sender and a recipient's address."""


class Standing(Struct, frozen=True):
    """What is known of recipients.

    opted_out  accounts and addresses of those who want no marketing
    wrote_at   when they last wrote to a sender
    """

    opted_out: frozenset[tuple[int, str]] = frozenset()
    wrote_at: Mapping[Place, datetime] = {}


def is_free_form(submission: Submission) -> bool:
    """Whether this needs an open service window: everything but templates and read receipts."""
    return submission.content.kind not in (TEMPLATE, READ_RECEIPT)


def check_template_status(
    account: Account,
    sender: Sender,
    submission: Submission,
    template: Template | None,
    *,
    is_certain: bool,
) -> tuple[Fault, ...]:
    """Whether the template is there and approved; else what may have been meant.

    is_certain  whether Meta was asked: if not, what is known here may be old
    """
    content = submission.content
    name, language = content.template_name or "", content.template_language or ""
    base = f"{submission.pointer}/template"
    findings = Findings()
    if template is not None and template.status != APPROVED:
        findings.add(
            f"{base}/name",
            FindingCode.TEMPLATE_NOT_APPROVED,
            META_CODES.get(template.status, NO_TEMPLATE),
            f"The template {name} ({language}) is {template.status or 'without a status'} at Meta"
            + (f": {template.rejected_reason}" if template.rejected_reason else "")
            + ("." if is_certain else UNCERTAIN),
            MENDING.get(template.status, OTHERWISE),
        )
    elif template is None:
        of_waba = [
            one for (waba_id, _, _), one in account.templates.items() if waba_id == sender.waba_id
        ]
        same = sorted(one.language for one in of_waba if one.name == name)
        if same:
            path, mend = f"{base}/language/code", f"Use one of its languages: {', '.join(same)}."
        else:
            path, nearest = f"{base}/name", name_nearest(name, of_waba)
            mend = (
                f"The nearest approved ones: {spell(nearest)}."
                if nearest
                else "Make the template, and wait for Meta's approval."
            )
        findings.add(
            path,
            FindingCode.TEMPLATE_UNKNOWN,
            NO_TEMPLATE,
            f"The WABA {sender.waba_id} has no template {name} in {language}"
            + ("." if is_certain else UNCERTAIN),
            mend if is_certain else f"{AGAIN} {mend}",
        )
    return findings.listed()


def check_opt_outs(
    account_id: int, submission: Submission, standing: Standing
) -> tuple[Fault, ...]:
    """Every recipient of a marketing template who wants no marketing."""
    if not standing.opted_out:
        return ()
    findings = Findings()
    for recipient in submission.recipients:
        if any((account_id, one) in standing.opted_out for one in addresses_of(recipient)):
            findings.add(
                _path_of(submission, recipient),
                FindingCode.OPTED_OUT,
                OPTED_OUT,
                f"{recipient.address} asked for no marketing messages.",
                "Leave this recipient out, or send a template of another category.",
            )
    return findings.listed()


def check_windows(
    account_id: int, sender_id: str, submission: Submission, standing: Standing, now: datetime
) -> tuple[Fault, ...]:
    """Every recipient of a free-form message who did not write in the 24 hours before it goes."""
    findings = Findings()
    goes_at = now if submission.send_at is None else max(now, submission.send_at)
    for recipient in submission.recipients:
        wrote_at = max(
            (
                at
                for one in addresses_of(recipient)
                if (at := standing.wrote_at.get((account_id, sender_id, one))) is not None
            ),
            default=None,
        )
        if wrote_at is not None and goes_at - wrote_at < SERVICE_WINDOW:
            continue
        before = "ago" if goes_at == now else "before send_at"
        since = (
            "has not written to this number"
            if wrote_at is None
            else f"last wrote to this number at {wrote_at:%Y-%m-%d %H:%M} UTC, over 24 hours "
            f"{before}"
        )
        findings.add(
            _path_of(submission, recipient),
            FindingCode.WINDOW_CLOSED,
            WINDOW_CLOSED,
            f"{recipient.address} {since}: a free-form message does not reach them.",
            "Send a template, or wait until they write.",
        )
    return findings.listed()


def _path_of(submission: Submission, recipient: Recipient) -> str:
    key = "to" if recipient.phone is not None else "recipient"
    return f"{submission.pointer}/{key}"
