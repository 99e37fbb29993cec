"""A usage report as the customer is told it; the documents print none, so its body is ours."""

from waypost.model.usage_report import UsageReport, show_report
from waypost.wire.envelope import Answer, render_processed


def render_usage(report: UsageReport) -> Answer:
    """The 200: `data` has `lines` by what was asked for, one `total`, and `failures` by code."""
    data = show_report(report)
    (total,) = data.pop("totals")
    return render_processed({**data, "total": total})
