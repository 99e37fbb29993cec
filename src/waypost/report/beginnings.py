"""How a message began: accepted, checked, queued; and that its content is gone, if it is."""

from collections.abc import Iterator

from waypost.model.account import CheckMode
from waypost.model.ledger import EntryKind
from waypost.model.report import MessageReport
from waypost.model.story import Line, Step, Teller
from waypost.model.submission import READ_RECEIPT
from waypost.report.telling import Kept, content_of
from waypost.report.words import moment


def line_of_acceptance(kept: Kept) -> Line:
    """What was asked, by whom, for whom."""
    return Line(kept.report.accepted_at, Teller.GATEWAY, Step.ACCEPTED, _accepted(kept))


def lines_of_checks(kept: Kept) -> Iterator[Line]:
    """What the check at the door found and let pass; or that it found nothing, or did not look."""
    report = kept.report
    for finding in report.findings:
        code = f", Meta's {finding.meta_code}" if finding.meta_code is not None else ""
        where = f" at {finding.path}" if finding.path else ""
        said = f"noted ({finding.code}{code}){where}: {finding.message}"
        if finding.mend:
            said = f"{said.removesuffix('.')}. {finding.mend}"
        yield Line(report.accepted_at, Teller.GATEWAY, Step.CHECKED, kept.words(said))
    is_known = content_of(report) is not None  # what was found goes with what was asked
    if not report.findings and kept.account is not None and is_known:
        said = _checked(report, kept.account.check_mode)
        yield Line(report.accepted_at, Teller.GATEWAY, Step.CHECKED, said)


def line_of_queue(kept: Kept) -> Line:
    """How it was queued: in the same commit as its money was set aside, if any was."""
    report = kept.report
    held = (entry.created_at for entry in kept.entries if entry.kind is EntryKind.HOLD)
    at = max(report.accepted_at, min(held, default=report.accepted_at))
    said = f"queued: priority {report.priority.name.lower()}"
    if report.send_at is not None:
        said += f", to go at {moment(report.send_at)}"
    if report.expires_at is not None:
        said += f", may wait until {moment(report.expires_at)}"
    return Line(at, Teller.GATEWAY, Step.QUEUED, said)


def lines_of_erasure(kept: Kept) -> Iterator[Line]:
    """That nobody can tell any more what it said."""
    if content_of(kept.report) is None:
        said = "what it said was erased; what became of it is kept"
        yield Line(None, Teller.GATEWAY, Step.ERASED, said)


def template_of(report: MessageReport) -> str | None:
    """`order_update (en_US)`; None of what is no template."""
    content = report.content
    if content.template_name is None:
        return None
    return f"{content.template_name} ({content.template_language})"


def _accepted(kept: Kept) -> str:
    report = kept.report
    template = template_of(report)
    what = report.content.kind if template is None else f"template {template}"
    by = f", asked by {report.source}" if report.source else ""
    if report.content.kind == READ_RECEIPT:
        return f"accepted: a read receipt from +{report.sender_id} for {_marked(report)}{by}"
    return f"accepted: {what} from +{report.sender_id} to {kept.recipient}{by}"


def _marked(report: MessageReport) -> str:
    marked = (content_of(report) or {}).get("message_id")
    return marked if isinstance(marked, str) else "a message"


def _checked(report: MessageReport, mode: CheckMode) -> str:
    if mode is CheckMode.OFF:
        return "not checked: check_mode is off"
    template = template_of(report)
    if template is not None:
        return f"checked: it fits its template {template}; check_mode is {mode}"
    return f"checked: nothing to mend in it; check_mode is {mode}"
