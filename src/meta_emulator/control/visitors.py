"""Who may give orders: programs, and the emulator's own page, but no page of another site.

No token is asked for orders. So a page that a developer's browser shows must not give any: neither
across sites, which its browser tells by `Sec-Fetch-Site` or `Origin`, nor under a name of its own
that leads here (DNS rebinding), which is told by `Host`.
"""

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from meta_emulator.protocol.answers import Header

LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITE = frozenset({"same-origin", "none"})
LOCAL = (
    ".localhost",
    ".local",
    ".internal",
    ".test",
    ".lan",
    ".svc",
    ".localdomain",
    ".home.arpa",
)
"""Ends of names that nobody can register."""


def stranger(method: str, headers: Sequence[Header], names: frozenset[str]) -> str | None:
    """Why a request gives no orders; None if it may.

    names  further names that the emulator is asked by, in lower case
    """
    told = {name: value.decode("latin-1").strip().lower() for name, value in headers}
    site, host, origin = (told.get(name, "") for name in (b"sec-fetch-site", b"host", b"origin"))
    if site:
        # Browsers tell it over TLS or of this machine alone, where no name can be another's.
        if site in OWN_SITE or method in LOOKING:
            return None
        return f"a page of another site ({origin or 'unnamed'}) may not give orders"
    if not is_local(host, names):
        return (
            f"the control API does not answer for the name {_name(host)}, as a web page could use"
            f" it; ask by address, or start the emulator with --control-host {_name(host)}"
        )
    if origin and method not in LOOKING and urlsplit(origin).netloc != host:
        return f"a page of another site ({origin}) may not give orders"
    return None


def is_local(host: str, names: frozenset[str]) -> bool:
    """Whether a `Host` is an address, or a name that no page of the web can have."""
    name = _name(host)
    if "." not in name or name in names or name.endswith(LOCAL):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _name(host: str) -> str:
    """A host without its port: `[::1]:80` is `::1`."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].rstrip(".")
