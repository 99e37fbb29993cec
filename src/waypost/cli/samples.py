"""The two documented sends, exactly as printed, and as commands to be pasted.

The printed bodies carry a masked recipient, `+91XXXXXXXXXX`; nothing else of them is replaced,
neither their trailing commas nor a key that stands twice.
"""

from dataclasses import dataclass
from importlib import resources

from waypost.cli.ready import Ready

MASKED = "+91XXXXXXXXXX"
RECIPIENT = "+919812345678"


@dataclass(frozen=True, slots=True)
class Sample:
    """One documented send; `body` is to `RECIPIENT`."""

    name: str
    title: str
    body: str


def load_samples() -> list[Sample]:
    """Both, in the order of the documents."""
    return [
        Sample(name, title, _load(name).replace(MASKED, RECIPIENT))
        for name, title in (
            ("carousel", "Send Carousel Template Messages"),
            ("mpm", "Send Multi-Product Template Messages"),
        )
    ]


def send_url(base_url: str, sid: str, sender: str) -> str:
    """Where a send of this account and sender is posted."""
    return f"{base_url}/v2/{sid}/whatsapp/{sender}/messages"


def render_curl(sample: Sample, ready: Ready) -> str:
    """The documented command with a real account in it."""
    return (
        "curl -X POST \\\n"
        f"{send_url(ready.base_url, ready.sid, ready.sender)} \\\n"
        "-H 'Content-Type: application/json' \\\n"
        f"-H 'api-key: {ready.api_key}' \\\n"
        "-H 'cache-control: no-cache' \\\n"
        f"-d '{sample.body}'"
    )


def _load(name: str) -> str:
    file = resources.files("waypost.cli").joinpath("samples", f"{name}.json")
    return file.read_text(encoding="utf-8")
