"""What the operator is shown: one struct for each noun. A secret is in none of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from msgspec import Struct

from waypost.api.management.message_shapes import TroubleShape, show_failure
from waypost.api.problem import ProblemDetail
from waypost.model.account import (
    Account,
    AccountKind,
    AccountState,
    ApiKey,
    CappedPolicy,
    CheckMode,
    TemplatePolicy,
    UnknownPolicy,
)
from waypost.model.audit import AuditEntry
from waypost.model.catalogue import CatalogueSource
from waypost.model.ledger import Wallet
from waypost.model.medium import Medium, MediumKind
from waypost.model.messaging_limit import Forecast
from waypost.model.money import Money
from waypost.model.opt_out import OptOut, OptOutSource
from waypost.model.sender import ApiVersion, Sender, SenderState
from waypost.model.template import ChangeSource, Template, TemplateChange, TemplateChangeKind
from waypost.model.waba import Waba

T = TypeVar("T")


class Page(Struct, Generic[T], frozen=True):
    """Some of a list.

    next  what to give as `after` or `before` for those that follow; null at the end
    """

    items: list[T]
    next: str | None = None


class Amount(Struct, frozen=True):
    """An amount of money, exact to four places."""

    amount: str
    currency: str


class WalletShape(Struct, frozen=True):
    """An account's money: `spendable` is what is not held, and the credit limit."""

    balance: Amount
    held: Amount
    credit_limit: Amount
    spendable: Amount


class AccountShape(Struct, frozen=True):
    """An account. A price or a validity of null is the deployment's."""

    sid: str
    name: str
    kind: AccountKind
    state: AccountState
    price: Amount | None
    requests_per_s: int | None
    check_mode: CheckMode
    opt_out_keywords: tuple[str, ...]
    opt_in_keywords: tuple[str, ...]
    unknown_policy: UnknownPolicy
    template_policy: TemplatePolicy
    capped_policy: CappedPolicy
    validity_s: int | None
    daily_limit: int | None
    wallet: WalletShape


class KeyShape(Struct, frozen=True):
    """A key, by its first characters."""

    prefix: str
    label: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    allowed_addresses: tuple[str, ...]


class NewKeyShape(Struct, frozen=True):
    """A key that was just made: `key` is shown this once."""

    key: str
    prefix: str


class WabaShape(Struct, frozen=True):
    """A WABA, and how reading it from Meta went."""

    waba_id: str
    name: str
    portfolio_id: str
    catalogue_id: str | None
    synced_at: datetime | None
    sync_failure: str | None


class HourShape(Struct, frozen=True):
    """When users who wait are written to; the last hour of a list may hold those of later."""

    begins_at: datetime
    users: int


class MessagingLimitShape(Struct, frozen=True):
    """How the portfolio of a WABA stands at its messaging limit.

    limit     users in 24 hours; null: any number, or not known
    is_known  whether Meta told
    used      users who count now; an hour counts until all of it is a day ago
    free      how many more may be written to now; null: any number
    waiting   how many users wait
    hours     when they are written to
    """

    portfolio_id: str
    limit: int | None
    is_known: bool
    used: int
    free: int | None
    waiting: int
    hours: list[HourShape]


class SyncShape(Struct, frozen=True):
    """What reading a WABA came to."""

    waba_id: str
    templates: int
    changes: int
    skipped: int


class SenderShape(Struct, frozen=True):
    """A sender.

    held_until              Meta refused the number as a whole, for `held_for`: nothing leaves
                            from it before then
    is_throughput_pinned    what Meta tells of its throughput changes nothing
    heard_at                when Meta's last webhook about it came
    callback_profiles       the ids of those that its events go to, by whatever attachment
    """

    phone_number: str
    phone_number_id: str
    waba_id: str
    throughput: int
    api_version: ApiVersion
    state: SenderState
    display_name: str
    held_until: datetime | None
    held_for: TroubleShape | None
    is_throughput_pinned: bool
    heard_at: datetime | None
    callback_profiles: list[str]


class TemplateShape(Struct, frozen=True):
    """One language of a template, as Meta has it."""

    id: str
    name: str
    language: str
    category: str
    status: str
    parameter_format: str
    quality: str
    rejected_reason: str
    components: list[dict[str, Any]]


class TemplateChangeShape(Struct, frozen=True):
    """One change of one template."""

    id: str
    name: str
    language: str
    what: TemplateChangeKind
    before: str | None
    after: str | None
    reason: str
    source: ChangeSource
    changed_at: datetime


class CreatedShape(Struct, frozen=True):
    """What Meta answered to a creation."""

    id: str
    status: str
    category: str


class CheckShape(Struct, frozen=True):
    """What a definition would be refused for; nothing if it is sound."""

    findings: tuple[ProblemDetail, ...]


class MediumShape(Struct, frozen=True):
    """A medium that was uploaded."""

    media_id: str
    phone_number: str
    kind: MediumKind
    mime_type: str
    size_bytes: int
    file_name: str
    meta_expires_at: datetime
    created_at: datetime
    last_used_at: datetime


class CatalogueShape(Struct, frozen=True):
    """A catalogue as it is known here."""

    catalogue_id: str
    source: CatalogueSource
    products: int
    refreshed_at: datetime


class ProductShape(Struct, frozen=True):
    """A product of a catalogue."""

    retailer_id: str
    name: str
    availability: str
    is_hidden: bool
    price: str


class FeedFaultShape(Struct, frozen=True):
    """One thing wrong with a row of a feed."""

    line: int
    column: str
    message: str


class FeedShape(Struct, frozen=True):
    """What loading a feed came to; the first hundred faults are listed."""

    products: int
    skipped: int
    faults: tuple[FeedFaultShape, ...]


class RefreshedShape(Struct, frozen=True):
    """The catalogue that Meta names for the WABA; null if none is connected."""

    catalogue_id: str | None


class OptOutShape(Struct, frozen=True):
    """A recipient who wants no marketing."""

    recipient: str
    source: OptOutSource
    detail: str
    opted_out_at: datetime


class AuditShape(Struct, frozen=True):
    """One administrative act."""

    id: str
    acted_at: datetime
    actor: str
    address: str
    act: str
    target: str
    detail: dict[str, Any]


def show_amount(amount_minor: int, currency: str) -> Amount:
    """Minor units as a decimal string."""
    return Amount(str(Money(amount_minor, currency)).partition(" ")[0], currency)


def show_wallet(wallet: Wallet) -> WalletShape:
    """A wallet in amounts."""
    currency = wallet.currency
    return WalletShape(
        balance=show_amount(wallet.balance_minor, currency),
        held=show_amount(wallet.held_minor, currency),
        credit_limit=show_amount(wallet.credit_limit_minor, currency),
        spendable=show_amount(wallet.spendable_minor, currency),
    )


def show_account(account: Account, wallet: Wallet) -> AccountShape:
    """An account with its wallet."""
    price = account.price_minor
    return AccountShape(
        sid=account.sid,
        name=account.name,
        kind=account.kind,
        state=account.state,
        price=None if price is None else show_amount(price, wallet.currency),
        requests_per_s=account.requests_per_s,
        check_mode=account.check_mode,
        opt_out_keywords=account.opt_out_keywords,
        opt_in_keywords=account.opt_in_keywords,
        unknown_policy=account.unknown_policy,
        template_policy=account.template_policy,
        capped_policy=account.capped_policy,
        validity_s=account.validity_s,
        daily_limit=account.daily_limit,
        wallet=show_wallet(wallet),
    )


def show_key(key: ApiKey) -> KeyShape:
    """A key without itself."""
    return KeyShape(
        prefix=key.prefix,
        label=key.label,
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        allowed_addresses=key.allowed_addresses,
    )


def show_waba(waba: Waba) -> WabaShape:
    """A WABA without its token."""
    return WabaShape(
        waba_id=waba.waba_id,
        name=waba.name,
        portfolio_id=waba.portfolio_id,
        catalogue_id=waba.catalogue_id,
        synced_at=waba.synced_at,
        sync_failure=waba.sync_failure,
    )


def show_forecast(told: Forecast) -> MessagingLimitShape:
    """How a portfolio stands."""
    return MessagingLimitShape(
        portfolio_id=told.portfolio_id,
        limit=told.limit,
        is_known=told.is_known,
        used=told.used,
        free=told.free,
        waiting=told.waiting,
        hours=[HourShape(at, users) for at, users in told.hours],
    )


def show_sender(account: Account, sender: Sender) -> SenderShape:
    """A sender without its token."""
    return SenderShape(
        phone_number=f"+{sender.sender_id}",
        phone_number_id=sender.phone_number_id,
        waba_id=sender.waba_id,
        throughput=sender.throughput,
        api_version=sender.api_version,
        state=sender.state,
        display_name=sender.display_name,
        held_until=sender.held_until,
        held_for=None if sender.held_for is None else show_failure(sender.held_for),
        is_throughput_pinned=sender.is_throughput_pinned,
        heard_at=sender.heard_at,
        callback_profiles=account.profiles_of(sender),
    )


def show_template(template: Template) -> TemplateShape:
    """A template with its components as Meta has them."""
    return TemplateShape(
        id=template.template_id,
        name=template.name,
        language=template.language,
        category=template.category,
        status=template.status,
        parameter_format=template.parameter_format,
        quality=template.quality,
        rejected_reason=template.rejected_reason,
        components=[dict(one) for one in template.components],
    )


def show_changes(changes: Sequence[TemplateChange], limit: int) -> Page[TemplateChangeShape]:
    """A page of changes, the newest first."""
    shown = [
        TemplateChangeShape(
            id=str(one.change_id),
            name=one.name,
            language=one.language,
            what=one.what,
            before=one.before,
            after=one.after,
            reason=one.reason,
            source=one.source,
            changed_at=one.changed_at,
        )
        for one in changes
    ]
    return Page(shown, shown[-1].id if len(shown) == limit else None)


def show_medium(medium: Medium) -> MediumShape:
    """A medium without where it lies."""
    return MediumShape(
        media_id=medium.media_id,
        phone_number=f"+{medium.sender_id}",
        kind=medium.kind,
        mime_type=medium.mime_type,
        size_bytes=medium.size_bytes,
        file_name=medium.file_name,
        meta_expires_at=medium.meta_expires_at,
        created_at=medium.created_at,
        last_used_at=medium.last_used_at,
    )


def show_opt_out(opt_out: OptOut) -> OptOutShape:
    """An opt-out without its account."""
    return OptOutShape(opt_out.recipient, opt_out.source, opt_out.detail, opt_out.opted_out_at)


def show_entry(entry: AuditEntry) -> AuditShape:
    """An entry of the audit log."""
    return AuditShape(
        id=str(entry.audit_id),
        acted_at=entry.acted_at,
        actor=entry.actor.name,
        address=entry.actor.address,
        act=entry.act,
        target=entry.target,
        detail=dict(entry.detail),
    )
