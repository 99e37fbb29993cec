"""An account: a customer of this gateway, with its keys, senders, templates and wallet."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network

from msgspec import Struct, field

from waypost.model.callback import WHOLE_ACCOUNT, sender_target, waba_target
from waypost.model.opt_out import OPT_IN_KEYWORDS, OPT_OUT_KEYWORDS
from waypost.model.sender import Sender
from waypost.model.template import Template
from waypost.model.waba import Waba


class AccountKind(StrEnum):
    """How an account pays: before, after, or Meta directly (a tech provider's customer)."""

    PREPAID = "prepaid"
    POSTPAID = "postpaid"
    TECH_PROVIDER = "tech_provider"


class CheckMode(StrEnum):
    """What becomes of the findings of a check at the door.

    strict refuses the request, warn accepts and notes them in the timeline, off does not look.
    """

    STRICT = "strict"
    WARN = "warn"
    OFF = "off"


class UnknownPolicy(StrEnum):
    """What becomes of a message whose outcome stays unknown after its window."""

    RESEND = "resend"
    HOLD = "hold"


class TemplatePolicy(StrEnum):
    """What becomes of waiting messages when Meta stops their template."""

    HOLD = "hold"
    FAIL = "fail"


class CappedPolicy(StrEnum):
    """What becomes of a message that Meta held back for its recipient's sake (131049)."""

    WAIT = "wait"
    END = "end"


class AccountState(StrEnum):
    """A suspended account is refused with WA-401; nothing of it is deleted."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class ApiKey(Struct, frozen=True):
    """A key as it is kept: its SHA-256, never itself.

    The key has 128 bits of chance, so a plain hash is as strong as the key: there is nothing
    to guess faster. `prefix` is its first six characters, to tell keys apart in lists.
    """

    key_hash: bytes
    prefix: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    allowed_addresses: tuple[str, ...] = ()
    label: str = ""

    def is_valid(self, now: datetime, address: str) -> bool:
        """May this key be used now, from this address? An empty list allows every address."""
        if self.revoked_at is not None and self.revoked_at <= now:
            return False
        if self.expires_at is not None and self.expires_at <= now:
            return False
        if not self.allowed_addresses:
            return True
        try:
            client = ip_address(address)
        except ValueError:
            return False
        if isinstance(client, IPv6Address) and client.ipv4_mapped is not None:
            client = client.ipv4_mapped  # a server that listens on both kinds tells IPv4 so
        return any(client in ip_network(allowed) for allowed in self.allowed_addresses)


class Account(Struct, frozen=True):
    """A customer and all that a send of theirs is held against, read in one go.

    price_minor     what one message costs, in minor units; None: the deployment's price
    requests_per_s  the account's own limit; None: unlimited
    version         grows with every change of the account's directory rows
    check_mode      what becomes of findings at the door
    opt_out_keywords, opt_in_keywords
                    words by which a recipient leaves and comes back, in lower case
    unknown_policy, template_policy, capped_policy
                    what is done where a message may go on in two ways
    validity_s      how long a message may wait to be given to Meta; None: the deployment's
    daily_limit     messages accepted on a day (UTC) at most; None: any number
    senders         by phone number, digits only
    templates       by WABA id, name and language
    callback_profiles  ids, each with the targets whose events go there (`model.callback`)
    """

    account_id: int
    sid: str
    name: str
    kind: AccountKind
    state: AccountState
    price_minor: int | None
    requests_per_s: int | None
    version: int
    check_mode: CheckMode = CheckMode.STRICT
    opt_out_keywords: tuple[str, ...] = OPT_OUT_KEYWORDS
    opt_in_keywords: tuple[str, ...] = OPT_IN_KEYWORDS
    unknown_policy: UnknownPolicy = UnknownPolicy.RESEND
    template_policy: TemplatePolicy = TemplatePolicy.HOLD
    capped_policy: CappedPolicy = CappedPolicy.END
    validity_s: int | None = None
    daily_limit: int | None = None
    wabas: Mapping[str, Waba] = field(default_factory=dict)
    keys: Mapping[bytes, ApiKey] = field(default_factory=dict)
    senders: Mapping[str, Sender] = field(default_factory=dict)
    templates: Mapping[tuple[str, str, str], Template] = field(default_factory=dict)
    callback_profiles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def profiles_of(self, sender: Sender) -> list[str]:
        """The callback profiles that a sender's events go to, by ids, each once."""
        targets = {sender_target(sender.sender_id), waba_target(sender.waba_id), WHOLE_ACCOUNT}
        return [id_ for id_, of in self.callback_profiles.items() if targets.intersection(of)]

    @property
    def has_own_price(self) -> bool:
        """Whether the deployment's rate card leaves it alone: it has a price, or pays Meta."""
        return self.price_minor is not None or self.kind is AccountKind.TECH_PROVIDER
