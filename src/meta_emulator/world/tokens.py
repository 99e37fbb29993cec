"""The access tokens that are taken, and until when (reference 3.3: 190, subcode 463)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from meta_emulator.protocol.errors import GraphError, token_expired, token_missing, token_wrong

METAS_ZONE = "America/Los_Angeles"
SAFE = re.compile(r"[A-Za-z0-9._~+/=|-]{1,512}")


class Tokens:
    """Every token that was issued; the first is the one that the settings name.

    main   the settings' token
    ends   when each ends; None: never
    """

    def __init__(self, main: str) -> None:
        self.main = main
        self.ends: dict[str, datetime | None] = {main: None}

    def fault(self, token: str, now: datetime) -> GraphError | None:
        """What Meta answers to a request with this token; None if it is good."""
        if not token:
            return token_missing()
        try:
            end = self.ends[token]
        except KeyError:
            return token_wrong()
        if end is None or now < end:
            return None
        return token_expired(metas_time(end), metas_time(now))

    def issue(self, token: str, end: datetime | None) -> None:
        """A further token is good, or a known one has another end."""
        self.ends[token] = end

    def renew(self) -> None:
        """Only the settings' token is good, and for ever."""
        self.ends = {self.main: None}

    def snapshot(self) -> Any:
        """What `restore` takes."""
        return {token: None if end is None else end.timestamp() for token, end in self.ends.items()}

    def restore(self, kept: Any) -> None:
        """As it was when `snapshot` was taken; the settings' own token is known all the same."""
        self.ends = {
            token: None if end is None else datetime.fromtimestamp(end, UTC)
            for token, end in kept.items()
        }
        self.ends.setdefault(self.main, None)


def metas_time(moment: datetime) -> str:
    """`Thursday, 02-Nov-23 14:00:00 PDT`; in UTC where the machine knows no time zones."""
    try:
        shown = moment.astimezone(ZoneInfo(METAS_ZONE))
    except ZoneInfoNotFoundError:
        shown = moment.astimezone(UTC)
    return shown.strftime("%A, %d-%b-%y %H:%M:%S %Z")


def end_after(now: datetime, seconds: float | None) -> datetime | None:
    """The end of a token that is good for so long from now; None: for ever."""
    return None if seconds is None else now + timedelta(seconds=seconds)
