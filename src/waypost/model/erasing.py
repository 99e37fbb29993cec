"""What is left of a row when it is erased: by its age, or because of whom it is about.

A recipient becomes a keyed hash, the same for the same recipient, so that figures by recipient
stay. A wamid holds the recipient's number in base64 and becomes a hash likewise.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from waypost.model.opt_out import addresses_of
from waypost.model.personal import MARK, NOTHING, PERSONAL, Erasing, Kind, PersonalRow
from waypost.model.recipient import Recipient, parse_address

Value = str | bytes | None
Hide = Callable[[str], str]
"""What stands in the place of a recipient or a wamid."""

GONE = "erased"
WAMID = re.compile(r"wamid\.[0-9A-Za-z+/_-]+={0,2}")
NAMES = re.compile(
    r"wamid\.[0-9A-Za-z+/_-]+={0,2}|(?<!\d)\+?\d{7,15}(?!\d)|\b[A-Z]{2}\.(?:ENT\.)?[0-9A-Za-z]{8,128}\b"
)
"""What may name a person in words that are Meta's or ours: a wamid, a number, a user id."""


def is_erased(recipient: Recipient) -> bool:
    """Whether this is what stands in the place of a recipient."""
    return recipient.user_id is not None and recipient.user_id.startswith(MARK)


class Pseudonyms(Struct, frozen=True):
    """What stands in the place of recipients and wamids.

    hashes  keyed hashes of a text, of the newest key first
    """

    hashes: Callable[[str], Sequence[str]]

    def hide(self, text: str) -> str:
        """What takes the place of a text; the same for a number with and without its plus sign."""
        return self.all_of(text)[0]

    def all_of(self, text: str) -> tuple[str, ...]:
        """What may stand in its place, if keys were changed since: the newest first."""
        return tuple(MARK + one for one in self.hashes(text.removeprefix("+")))


def blank(kind: Kind, row: PersonalRow, hidden: Hide) -> PersonalRow:
    """What is left of a row when nobody needs to know any more whom it was about."""
    rules = PERSONAL[kind].values()
    values = [_blank(rule, value, hidden) for rule, value in zip(rules, row.values, strict=True)]
    return replace(row, values=tuple(values))


class Traces(Struct, frozen=True):
    """Everything that one recipient is known by.

    addresses  as they are stored: `+` and digits in each way to write them, user ids
    pattern    finds any of them in a text, whole
    needles    one of them stands in every text that tells of the recipient, also within a wamid:
               most texts have none, and are looked at no further
    """

    addresses: tuple[str, ...]
    pattern: re.Pattern[str]
    needles: tuple[str, ...]
    needles_in_bytes: tuple[bytes, ...]

    def are_in(self, row: PersonalRow) -> bool:
        """Whether a row tells of the recipient, also within a wamid."""
        return any(self.find_in(value) for value in row.values)

    def find_in(self, value: Value) -> bool:
        """Whether a value tells of the recipient."""
        if not value or not self._may_be_in(value):
            return False
        text = _text(value)
        return self.pattern.search(text) is not None or any(
            self.pattern.search(name_in(wamid)) is not None for wamid in WAMID.findall(text)
        )

    def _may_be_in(self, value: str | bytes) -> bool:
        if isinstance(value, bytes):
            return any(needle in value for needle in self.needles_in_bytes)
        return any(needle in value for needle in self.needles)

    def take_out(self, row: PersonalRow, hidden: Hide) -> PersonalRow:
        """What is left of a row that tells of others too: all but this recipient."""
        return replace(row, values=tuple(self._take_out(value, hidden) for value in row.values))

    def _take_out(self, value: Value, hidden: Hide) -> Value:
        if not self.find_in(value):
            return value
        plain = hidden(self.addresses[0])

        def without(found: re.Match[str]) -> str:
            wamid = found.group()
            return hidden(wamid) if self.pattern.search(name_in(wamid)) else wamid

        struck = self.pattern.sub(lambda _: plain, WAMID.sub(without, _text(value)))
        return struck.encode() if isinstance(value, bytes) else struck


def traces_of(addresses: Iterable[str]) -> Traces:
    """What finds a recipient of these addresses."""
    known = dict.fromkeys(
        address
        for one in addresses
        if not one.startswith(MARK)
        for address in addresses_of(parse_address(one))
    )
    parts = [
        rf"\+?(?<!\d){re.escape(one[1:])}(?!\d)"
        if one.startswith("+")
        else rf"(?<![0-9A-Za-z.]){re.escape(one)}(?![0-9A-Za-z])"
        for one in known
    ]
    plain = [one.removeprefix("+") for one in known]
    needles = tuple(dict.fromkeys(needle for one in plain for needle in (one, *cores(one))))
    return Traces(
        tuple(known),
        re.compile("|".join(parts) or r"(?!)"),
        needles,
        tuple(needle.encode() for needle in needles),
    )


def cores(text: str) -> list[str]:
    """What of a text stands in base64 whatever is before and behind it: by where it begins."""
    found = []
    for shift, mixed in enumerate((0, 2, 3)):  # characters that share bits with what is before
        whole = (shift + len(text)) * 8 // 6
        found.append(b64encode(b"\0" * shift + text.encode()).decode()[mixed:whole])
    return found


def name_in(wamid: str) -> str:
    """The bytes of a wamid as a text, in which a number stands as its digits; "" if it has none."""
    code = wamid.removeprefix("wamid.").rstrip("=").replace("-", "+").replace("_", "/")
    code = code[: len(code) - (len(code) % 4 == 1)]
    try:
        return b64decode(code + "=" * (-len(code) % 4)).decode("latin-1")
    except (NoBase64, ValueError):
        return ""


def _blank(rule: Erasing, value: Value, hidden: Hide) -> Value:
    if value is None or rule is Erasing.NULL:
        return None
    if rule is Erasing.BYTES:
        return NOTHING
    text = _text(value)
    return _WAYS[rule](text, hidden)


def _address(text: str, hidden: Hide) -> str:
    return text if not text or text.startswith(MARK) else hidden(text)


def _url(text: str, _: Hide) -> str:
    parts = urlsplit(text)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/{GONE}" if parts.netloc else ""


_WAYS: Mapping[Erasing, Callable[[str, Hide], str]] = {
    Erasing.ADDRESS: _address,
    Erasing.OBJECT: lambda _, __: "{}",
    Erasing.TEXT: lambda _, __: "",
    Erasing.WORDS: lambda text, _: NAMES.sub(GONE, text),
    Erasing.OWN: lambda text, _: text,
    Erasing.ROW: lambda text, _: text,
    Erasing.URL: _url,
}


def _text(value: Value) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value or ""
