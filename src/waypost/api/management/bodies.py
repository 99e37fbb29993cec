"""What the operator may send in: one struct for each request's body."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from waypost.directory.changes import (
    LARGEST_COUNT,
    LONGEST_KEYWORD,
    LONGEST_NAME,
    LONGEST_VALIDITY_S,
    MOST_KEYWORDS,
    SHORTEST_VALIDITY_S,
)
from waypost.directory.keys import LONGEST_LABEL, LONGEST_LIFE, LONGEST_OVERLAP
from waypost.model.account import (
    AccountKind,
    CappedPolicy,
    CheckMode,
    TemplatePolicy,
    UnknownPolicy,
)
from waypost.model.sender import ApiVersion, SenderState
from waypost.status.resolver import MOST, Resolution

LARGEST = 1_000_000_000
Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
Decimal = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,9}(\.[0-9]{1,4})?$",
        description="A decimal number of at most four places.",
        examples=["12.50"],
    ),
]
Currency = Annotated[
    str, Meta(pattern="^[A-Z]{3}$", description="An ISO 4217 code.", examples=["USD"])
]
Keyword = Annotated[str, Meta(min_length=1, max_length=LONGEST_KEYWORD)]
Keywords = Annotated[tuple[Keyword, ...], Meta(max_length=MOST_KEYWORDS)]
Label = Annotated[str, Meta(max_length=LONGEST_LABEL)]
Addresses = Annotated[
    tuple[Annotated[str, Meta(max_length=50)], ...],
    Meta(
        max_length=100,
        description="Addresses and networks the key may be used from; none: from anywhere.",
        examples=[["203.0.113.0/24"]],
    ),
]
PerSecond = Annotated[int, Meta(ge=1, le=LARGEST)]
Validity = Annotated[
    int,
    Meta(
        ge=SHORTEST_VALIDITY_S,
        le=LONGEST_VALIDITY_S,
        description="For how many seconds a message may wait to be given to Meta; null: as the "
        "setting validity_hours says.",
    ),
]
DailyLimit = Annotated[
    int,
    Meta(ge=1, le=LARGEST_COUNT, description="Messages of a day (UTC) at most; null: any number."),
]
MetaId = Annotated[str, Meta(pattern="^[0-9]{5,25}$", description="An id of Meta: digits.")]
Token = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=4096,
        pattern=r"^[!-~]+$",
        description="The access token at Meta. It is kept sealed and never shown.",
    ),
]
CallbackUrl = Annotated[
    str,
    Meta(
        pattern=r"^https?://[!-~]+$",
        max_length=2048,
        description="Where all that is told of it goes, and nowhere else: the short way to a "
        "callback profile of its own; null: nowhere.",
        examples=["https://shop.example.com/status"],
    ),
]
Throughput = Annotated[
    int, Meta(ge=1, le=1000, description="Messages per second; null: as Meta tells.")
]
PortfolioId = Annotated[
    str,
    Meta(
        pattern=r"^[!-~]{0,100}$",
        description="The business portfolio whose messaging limit it shares; empty: its own.",
    ),
]


class Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body; fields that nobody knows are refused."""


class GivenAmount(Body, frozen=True):
    """An amount, in the account's currency."""

    amount: Decimal
    currency: Currency | None = None


class AccountCreation(Body, frozen=True):
    """A new account. A price of null is the deployment's, a limit of null is none."""

    name: Name
    kind: AccountKind = AccountKind.PREPAID
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")] = "IN"
    currency: Currency | None = None
    price: GivenAmount | None = None
    credit_limit: GivenAmount | None = None
    requests_per_s: PerSecond | None = None
    check_mode: CheckMode = CheckMode.STRICT
    opt_out_keywords: Keywords | None = None
    opt_in_keywords: Keywords | None = None
    unknown_policy: UnknownPolicy = UnknownPolicy.RESEND
    template_policy: TemplatePolicy = TemplatePolicy.HOLD
    capped_policy: CappedPolicy = CappedPolicy.END
    validity_s: Validity | None = None
    daily_limit: DailyLimit | None = None


class AccountPatch(Body, frozen=True):
    """What is to change of an account; what is left out stays."""

    name: Name | UnsetType = UNSET
    kind: AccountKind | UnsetType = UNSET
    price: GivenAmount | UnsetType | None = UNSET
    credit_limit: GivenAmount | UnsetType = UNSET
    requests_per_s: PerSecond | UnsetType | None = UNSET
    check_mode: CheckMode | UnsetType = UNSET
    opt_out_keywords: Keywords | UnsetType | None = UNSET
    opt_in_keywords: Keywords | UnsetType | None = UNSET
    unknown_policy: UnknownPolicy | UnsetType = UNSET
    template_policy: TemplatePolicy | UnsetType = UNSET
    capped_policy: CappedPolicy | UnsetType = UNSET
    validity_s: Validity | UnsetType | None = UNSET
    daily_limit: DailyLimit | UnsetType | None = UNSET


class KeyCreation(Body, frozen=True):
    """A new key; without days it never expires."""

    label: Label = ""
    allowed_addresses: Addresses = ()
    days: Annotated[int, Meta(ge=1, le=LONGEST_LIFE.days)] | None = None


class KeyRotation(Body, frozen=True):
    """How long the old key stays valid beside the new one."""

    overlap_hours: Annotated[float, Meta(ge=0, le=LONGEST_OVERLAP.days * 24)] = 24


class KeyPatch(Body, frozen=True):
    """What is to change of a key; what is left out stays."""

    label: Label | UnsetType = UNSET
    allowed_addresses: Addresses | UnsetType = UNSET
    expires_at: Annotated[datetime, Meta(tz=True)] | UnsetType | None = UNSET


class WabaBody(Body, frozen=True):
    """A WABA's token, name and portfolio: null leaves name and portfolio as they are."""

    access_token: Token
    name: Annotated[str, Meta(max_length=LONGEST_NAME)] | None = None
    portfolio_id: PortfolioId | None = None


class SenderBody(Body, frozen=True):
    """A sender, as it is to be."""

    phone_number_id: MetaId
    waba_id: MetaId
    throughput: Throughput | None = None
    api_version: ApiVersion = ApiVersion.V2
    state: SenderState = SenderState.ACTIVE
    callback_url: CallbackUrl | None = None
    display_name: Annotated[str, Meta(max_length=LONGEST_NAME)] = ""


class SenderPatch(Body, frozen=True):
    """What is to change of a sender; what is left out stays."""

    throughput: Throughput | UnsetType | None = UNSET
    api_version: ApiVersion | UnsetType = UNSET
    state: SenderState | UnsetType = UNSET
    callback_url: CallbackUrl | UnsetType | None = UNSET
    display_name: Annotated[str, Meta(max_length=LONGEST_NAME)] | UnsetType = UNSET


class Refresh(Body, frozen=True):
    """Which WABA's catalogue is read from Meta."""

    waba_id: MetaId


class OptOutBody(Body, frozen=True):
    """Why this recipient wants no marketing."""

    reason: Annotated[str, Meta(max_length=200)] = ""


class ErasureBody(Body, frozen=True):
    """Whom to erase: a phone number with its country code, or a user id.

    cancel          messages that wait are cancelled, and callbacks still to be told are given up
    forget_opt_out  that the recipient wants no marketing is forgotten too
    """

    recipient: Annotated[str, Meta(min_length=1, max_length=200)]
    cancel: bool = False
    forget_opt_out: bool = False


class ResolutionBody(Body, frozen=True):
    """What became of messages of unknown outcome."""

    message_ids: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...],
        Meta(min_length=1, max_length=MOST),
    ]
    resolution: Resolution
