"""What may be asked of an account, and whether it can be. Pure.

UNSET leaves a thing as it is; every refusal is a DirectoryError that says what would be right.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict, replace

from waypost.model.account import (
    Account,
    AccountKind,
    CappedPolicy,
    CheckMode,
    TemplatePolicy,
    UnknownPolicy,
)
from waypost.model.errors import DirectoryError
from waypost.model.opt_out import OPT_IN_KEYWORDS, OPT_OUT_KEYWORDS
from waypost.model.sender import Sender

LONGEST_NAME = 200
LONGEST_KEYWORD = 64
SHORTEST_VALIDITY_S = 30
LONGEST_VALIDITY_S = 2_592_000
LARGEST_COUNT = 1_000_000_000
MOST_KEYWORDS = 50
META_ID = re.compile(r"[0-9]{1,32}")
COUNTRY = re.compile(r"[A-Z]{2}")
CURRENCY = re.compile(r"[A-Z]{3}")
MAX_AMOUNT = 2**63 - 1
_BOUNDS = (
    ("price_minor", 0, MAX_AMOUNT),
    ("requests_per_s", 1, MAX_AMOUNT),
    ("credit_limit_minor", 0, MAX_AMOUNT),
    ("validity_s", SHORTEST_VALIDITY_S, LONGEST_VALIDITY_S),
    ("daily_limit", 1, LARGEST_COUNT),
)
TOKEN = re.compile(r"[!-~]+")
"""What an HTTP header may carry as one word."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What is said of a new account; amounts in minor units, None for the deployment's price."""

    name: str
    kind: AccountKind
    country: str = "IN"
    currency: str = "USD"
    price_minor: int | None = None
    credit_limit_minor: int = 0
    requests_per_s: int | None = None
    check_mode: CheckMode = CheckMode.STRICT
    opt_out_keywords: tuple[str, ...] = OPT_OUT_KEYWORDS
    opt_in_keywords: tuple[str, ...] = OPT_IN_KEYWORDS
    unknown_policy: UnknownPolicy = UnknownPolicy.RESEND
    template_policy: TemplatePolicy = TemplatePolicy.HOLD
    capped_policy: CappedPolicy = CappedPolicy.END
    validity_s: int | None = None
    daily_limit: int | None = None


class AccountChange(Struct, frozen=True):
    """What is to change of an account.

    price_minor         in minor units; None for the deployment's price
    requests_per_s      None: unlimited
    opt_out_keywords, opt_in_keywords   None: those every account begins with
    validity_s          how long a message may wait; None: the deployment's
    daily_limit         messages accepted on a day (UTC) at most; None: any number
    credit_limit_minor  how far below nothing the wallet may go, in minor units
    """

    name: str | UnsetType = UNSET
    kind: AccountKind | UnsetType = UNSET
    price_minor: int | UnsetType | None = UNSET
    requests_per_s: int | UnsetType | None = UNSET
    check_mode: CheckMode | UnsetType = UNSET
    opt_out_keywords: tuple[str, ...] | UnsetType | None = UNSET
    opt_in_keywords: tuple[str, ...] | UnsetType | None = UNSET
    unknown_policy: UnknownPolicy | UnsetType = UNSET
    template_policy: TemplatePolicy | UnsetType = UNSET
    capped_policy: CappedPolicy | UnsetType = UNSET
    validity_s: int | UnsetType | None = UNSET
    daily_limit: int | UnsetType | None = UNSET
    credit_limit_minor: int | UnsetType = UNSET


def change_of(new: NewAccount) -> AccountChange:
    """What is said of a new account, to be held against the same rules.

    Raises DirectoryError for a country or a currency that is none.
    """
    if not COUNTRY.fullmatch(new.country):
        raise DirectoryError(
            f"{new.country!r} is no country; write two capitals, like IN.", "/country"
        )
    if not CURRENCY.fullmatch(new.currency):
        raise DirectoryError(
            f"{new.currency!r} is no currency; write three capitals, like USD.", "/currency"
        )
    return AccountChange(
        name=new.name,
        price_minor=new.price_minor,
        requests_per_s=new.requests_per_s,
        opt_out_keywords=new.opt_out_keywords,
        opt_in_keywords=new.opt_in_keywords,
        unknown_policy=new.unknown_policy,
        template_policy=new.template_policy,
        capped_policy=new.capped_policy,
        validity_s=new.validity_s,
        daily_limit=new.daily_limit,
        credit_limit_minor=new.credit_limit_minor,
    )


def changed_account(account: Account, change: AccountChange) -> Account:
    """The account as it is to be; the credit limit is its wallet's. Raises DirectoryError."""
    given = {name: value for name, value in asdict(change).items() if value is not UNSET}
    given.pop("credit_limit_minor", None)
    if "name" in given:
        given["name"] = clean_name(given["name"])
    for name, default in (
        ("opt_out_keywords", OPT_OUT_KEYWORDS),
        ("opt_in_keywords", OPT_IN_KEYWORDS),
    ):
        if name in given:
            given[name] = default if given[name] is None else clean_keywords(given[name], name)
    _check_amounts(change)
    changed = replace(account, **given)
    both = set(changed.opt_out_keywords) & set(changed.opt_in_keywords)
    if both:
        raise DirectoryError(
            f"The keyword {min(both)!r} cannot mean both to leave and to come back; "
            "take it out of one of the two lists.",
            "/opt_out_keywords" if "opt_out_keywords" in given else "/opt_in_keywords",
        )
    return changed


def clean_name(name: str) -> str:
    """A name without spaces around it. Raises DirectoryError."""
    cleaned = name.strip()
    if not 0 < len(cleaned) <= LONGEST_NAME or not cleaned.isprintable():
        raise DirectoryError(
            f"A name must be 1 to {LONGEST_NAME} printable characters; give another.", "/name"
        )
    return cleaned


def clean_keywords(words: Sequence[str], name: str) -> tuple[str, ...]:
    """Keywords as they are compared: lower case, single spaces, each once.

    name  what the list is called where it was given

    Raises DirectoryError for one that is empty or too long, or for too many.
    """
    if len(words) > MOST_KEYWORDS:
        raise DirectoryError(
            f"{len(words)} keywords are too many; give at most {MOST_KEYWORDS}.", f"/{name}"
        )
    cleaned: dict[str, None] = {}
    for index, word in enumerate(words):
        plain = " ".join(word.lower().split())
        if not 0 < len(plain) <= LONGEST_KEYWORD or not plain.isprintable():
            raise DirectoryError(
                f"{word!r} is no keyword; write 1 to {LONGEST_KEYWORD} printable characters, "
                "as a recipient would.",
                f"/{name}/{index}",
            )
        cleaned[plain] = None
    return tuple(cleaned)


def check_meta_id(what: str, given: str) -> None:
    """Raises DirectoryError for an id that Meta does not give: it becomes part of an address."""
    if not META_ID.fullmatch(given):
        raise DirectoryError(f"{given[:40]!r} is no {what}; write its digits, as Meta shows them.")


def check_token(access_token: str) -> None:
    """Raises DirectoryError for a text that cannot be an access token; does not repeat it."""
    if not TOKEN.fullmatch(access_token):
        raise DirectoryError(
            "The access token is none: it must be one word of ASCII characters. Copy it again.",
            "/access_token",
        )


def show_account(account: Account) -> Mapping[str, Any]:
    """What the audit log tells of an account."""
    return {
        "name": account.name,
        "kind": account.kind.value,
        "price_minor": account.price_minor,
        "requests_per_s": account.requests_per_s,
        "check_mode": account.check_mode.value,
        "opt_out_keywords": list(account.opt_out_keywords),
        "opt_in_keywords": list(account.opt_in_keywords),
        "unknown_policy": account.unknown_policy.value,
        "template_policy": account.template_policy.value,
        "capped_policy": account.capped_policy.value,
        "validity_s": account.validity_s,
        "daily_limit": account.daily_limit,
    }


def _check_amounts(change: AccountChange) -> None:
    for name, least, most in _BOUNDS:
        value = getattr(change, name)
        if isinstance(value, int) and not least <= value <= most:
            raise DirectoryError(
                f"{name} must be {least} or more, not {value}."
                if value < least
                else f"{name} must be {most} or less, not {value}.",
                f"/{name}" if most < MAX_AMOUNT else "",
            )


def as_learnt(sender: Sender, known: Sender) -> Sender:
    """A sender as the operator wants it, with what others than the operator say of it."""
    return replace(
        sender,
        access_token=known.access_token,
        throughput=sender.throughput if sender.is_throughput_pinned else known.throughput,
        held_until=known.held_until,
        held_for=known.held_for,
        heard_at=known.heard_at,
    )
