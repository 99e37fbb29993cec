"""The configuration: one frozen object, built once, with its manual beside it.

Law 1: a flag wins over `WAYPOST_*`, that over the file, that over the default.
Law 2: nothing unknown and nothing wrong starts; every problem is told at once.
Law 3: a secret is never printed, neither in a listing, a repr nor a refusal.

Only `load_config` and `find_config_file` turn the outer world into settings; nothing else
reads the environment. `docs/reference/configuration.md` is written from the fields below.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from waypost.runtime.roles import EVERY, read_roles
from waypost.runtime.setting import (
    Kind,
    Setting,
    choice,
    folder,
    integer,
    networks,
    number,
    price,
    roles,
    switch,
    text,
    url,
)

T = TypeVar("T")

PREFIX = "WAYPOST_"
FILE_VARIABLE = "WAYPOST_CONFIG"
DEFAULT_FILE = "waypost.toml"
STARS = "********"
HIGHEST_PORT = 65535


def _setting(kind: Kind[T], default: object, about: str, *, is_secret: bool = False) -> T:
    """A dataclass field with its declaration; `default` is written as the file would have it."""
    setting = Setting(about, kind, default, is_secret)
    declared: T = field(
        default=kind.parse(default), repr=not is_secret, metadata={"setting": setting}
    )
    return declared


def _secret(about: str) -> str:
    return _setting(text(), "", about, is_secret=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Every setting of the gateway. Durations are in the unit of their name's ending."""

    host: str = _setting(
        text("a host name or an address", r"\S+"),
        "127.0.0.1",
        "The address that the gateway listens on; 0.0.0.0 listens on all.",
    )
    port: int = _setting(
        integer(0, 65535), 8080, "The port that the gateway listens on; 0 takes any free one."
    )
    data_dir: Path = _setting(  # noqa: RUF009 # it is declared, and a Path is immutable
        folder(), "./data", "The folder of the database and of everything else that is kept."
    )
    database_url: str = _secret(
        "The PostgreSQL that keeps everything, as postgresql://user:password@host:5432/name; "
        "empty: SQLite in data_dir."
    )
    role: str = _setting(
        roles(),
        "all",
        "What this process does: all, or some of api, dispatch, webhook and callback with commas "
        "between. Anything but all needs database_url.",
    )
    workers: int = _setting(
        integer(1, 256),
        1,
        "How many processes share the roles and the port; one that dies is started again. More "
        "than one needs database_url.",
    )
    health_port: int = _setting(
        integer(0, 65535),
        0,
        "The first of as many ports as there are workers, on which each answers /health and "
        "/metrics for itself; 0 opens none. The common port answers for one of them.",
    )
    pod: str = _setting(
        text("two or more capital letters", r"[A-Z]{2,}"),
        "IN",
        "The name of this deployment; it shows in new account and profile ids.",
    )
    public_url: str = _setting(
        url(may_be_empty=True),
        "",
        "The address under which customers and Meta reach the gateway, if it differs from "
        "host and port.",
    )

    trusted_proxies: str = _setting(
        networks(),
        "",
        "The proxies before the gateway, as addresses or networks with commas between: what they "
        "say in X-Forwarded-For is the client's address. Empty believes nobody.",
    )
    tls_certificate: str = _setting(
        text(),
        "",
        "The file of the certificate chain (PEM) to speak HTTPS with, together with tls_key; empty "
        "speaks HTTP, behind a proxy that speaks HTTPS.",
    )
    tls_key: str = _setting(
        text(), "", "The file of the certificate's private key (PEM, without a password)."
    )

    meta_base_url: str = _setting(
        url(),
        "https://graph.facebook.com",
        "Where Meta's Graph API answers; point it at the emulator to try things out.",
    )
    meta_api_version: str = _setting(
        text("a version like v25.0", r"v\d+\.\d+"), "v25.0", "The version of the Graph API to call."
    )
    meta_timeout_s: float = _setting(
        number(0.1),
        30,
        "How long one call to Meta may take before its outcome counts as unknown.",
    )
    template_sync_minutes: float = _setting(
        number(0.1),
        15,
        "How often the templates and the catalogue of each WABA are read from Meta, beside what "
        "its webhooks tell.",
    )
    meta_app_secret: str = _secret("The secret of the Meta app; webhooks must be signed with it.")
    meta_verify_token: str = _secret(
        "The word that Meta repeats when it verifies the webhook's address."
    )
    meta_app_id: str = _setting(
        text("digits, or empty", r"[0-9]*"),
        "",
        "The id of the Meta app; samples for templates' headers are uploaded in its name.",
    )
    operator_token: str = _secret(
        "The bearer token that the operator's own requests carry; empty refuses them all."
    )
    secret_keys: str = _secret(
        "The keys, with commas between, that seal access tokens in the database: the first seals, "
        "every one opens. Empty: the file secret.key in data_dir, made at the first start."
    )

    currency: str = _setting(
        text("three capital letters", r"[A-Z]{3}"),
        "USD",
        "The currency of new accounts, by its ISO 4217 code.",
    )
    price_prepaid: int = _setting(
        price(), "0.0100", "The price of one message of a prepaid account, in units of currency."
    )
    price_postpaid: int = _setting(
        price(),
        "0.0100",
        "The price of one message of a postpaid account, in units of currency. A tech provider's "
        "customer pays Meta directly: its messages cost nothing unless the account has a price.",
    )

    max_recipients: int = _setting(
        integer(1), 1000, "The most recipients that one request may name."
    )
    max_body_bytes: int = _setting(
        integer(1024), 1048576, "The largest request body that is read, in bytes."
    )
    idempotency_hours: int = _setting(
        integer(1), 24, "How many hours an Idempotency-Key gives the same answer again."
    )
    schedule_days: int = _setting(
        integer(1, 365), 30, "How many days ahead a message may be scheduled."
    )

    validity_hours: int = _setting(
        integer(1, 720),
        72,
        "How many hours a message may wait to be given to Meta, where neither its request nor its "
        "account says; authentication templates wait 10 minutes at most.",
    )

    sender_throughput: int = _setting(
        integer(1, 1000),
        80,
        "Messages per second of a sender, unless the sender itself says otherwise.",
    )
    pair_gap_s: float = _setting(
        number(0),
        6,
        "Seconds between messages of one sender to one recipient in the long run, as Meta allows "
        "it; 45 may go at once. 0 leaves it to Meta to refuse.",
    )
    dispatch_concurrency: int = _setting(
        integer(1), 512, "How many calls to Meta may be under way at once."
    )
    dispatch_attempts: int = _setting(
        integer(1),
        12,
        "How often a message is given to Meta, after refusals for now and lost answers, before it "
        "is given up.",
    )
    unknown_window_s: float = _setting(
        number(0),
        120,
        "How long a message whose answer was lost waits for a status before it is sent again.",
    )
    lease_s: float = _setting(
        number(1), 60, "How long a worker may be silent before its work goes to another."
    )

    callback_concurrency: int = _setting(
        integer(1), 64, "How many callbacks to customers may be under way at once."
    )
    callback_timeout_s: float = _setting(
        number(0.1), 15, "How long a customer's endpoint may take to answer a callback."
    )
    callback_attempts: int = _setting(
        integer(1), 10, "How often a callback is tried before it is given up."
    )
    callback_private_addresses: bool = _setting(
        switch(),
        False,  # noqa: FBT003 # written as the file would have it
        "Whether callbacks may go to private and loopback addresses; for development only.",
    )

    media_timeout_s: float = _setting(
        number(1), 120, "How long giving one medium to Meta may take; it may have 100 MB."
    )
    media_keep_days: int = _setting(
        integer(1),
        30,
        "How many days after its last use a medium is still given to Meta again before Meta "
        "forgets it.",
    )
    media_url_hours: int = _setting(
        integer(1),
        168,
        "How many hours the address of a received medium is good for, once it was told.",
    )
    media_bucket: str = _setting(
        text(),
        "",
        "The S3 bucket that keeps the bytes of media; empty keeps them in the folder media of "
        "data_dir.",
    )
    media_endpoint: str = _setting(
        url(may_be_empty=True),
        "",
        "The address of an S3-compatible service; empty asks Amazon's. Only an http:// address "
        "is spoken to without TLS.",
    )
    media_region: str = _setting(text(), "", "The region of media_bucket.")
    media_access_key: str = _setting(
        text(),
        "",
        "The access key of media_bucket; empty looks where Amazon's own tools look, the "
        "machine's role included.",
    )
    media_secret_key: str = _secret("The secret that belongs to media_access_key.")

    history_days: int = _setting(
        integer(0, 36500),
        180,
        "How many days messages are kept, with all that belongs to them, and webhooks; 0 keeps "
        "them for ever. What is not over stays however old.",
    )
    content_days: int = _setting(
        integer(0, 36500),
        0,
        "How many days content is kept: what messages say, to whom they went, what recipients "
        "wrote. Then it is erased, and a recipient becomes a keyed hash, so that figures stay; 0 "
        "keeps it as long as history. What is not over stays however old.",
    )
    part_days: int = _setting(
        integer(1, 366),
        7,
        "How many days of history stand in one partition, on PostgreSQL; partitions that are "
        "there stay as they are.",
    )

    commit_linger_ms: float = _setting(
        number(0), 1.0, "How long the database's writer waits for company before it commits."
    )
    commit_batch: int = _setting(integer(1), 512, "The most steps that share one commit.")
    shutdown_grace_s: float = _setting(
        number(0), 25, "How long an orderly stop may take before what is left is cut off."
    )

    tracing_endpoint: str = _setting(
        url(may_be_empty=True),
        "",
        "The OTLP collector that traces are sent to, such as http://127.0.0.1:4318/v1/traces; "
        "empty: none are made. Needs the extra waypost[tracing].",
    )
    tracing_share: float = _setting(
        number(0, 1), 1.0, "The share of all requests that are traced, from 0 to 1."
    )

    log_level: str = _setting(
        choice("debug", "info", "warning", "error"), "info", "The least severity that is logged."
    )
    log_format: str = _setting(
        choice("console", "json"), "console", "How log lines look: for a person, or for a machine."
    )


SETTINGS: Mapping[str, Setting] = {one.name: one.metadata["setting"] for one in fields(Config)}
"""Every declaration, by the name of its field, in order."""


class ConfigError(Exception):
    """The configuration is refused; `problems` has one sentence for each thing to mend."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """The configuration, and for each name where its value comes from.

    An origin is `flag`, the name of a `WAYPOST_*` variable, the path of the file, or `default`.
    """

    config: Config
    origins: Mapping[str, str]


class ConfigRow(NamedTuple):
    """One line of the listing; a secret's value is stars when set and empty when not."""

    name: str
    value: str
    origin: str
    help: str


class _Given(NamedTuple):
    """A value that somebody gave: by which name, from where, and where exactly it stands."""

    name: str
    value: object
    origin: str
    place: str


def variable_of(name: str) -> str:
    """The environment variable of a setting: `WAYPOST_DATA_DIR` of `data_dir`."""
    return PREFIX + name.upper()


def find_config_file(
    flag: Path | None, environment: Mapping[str, str], folder: Path = Path()
) -> Path | None:
    """The file to read: `--config`, else WAYPOST_CONFIG, else ./waypost.toml if it is there.

    A file that was named is returned even when it does not exist: `load_config` refuses it.
    """
    if flag is not None:
        return flag
    if environment.get(FILE_VARIABLE):
        return Path(environment[FILE_VARIABLE])
    default = folder / DEFAULT_FILE
    return default if default.is_file() else None


def load_config(
    flags: Mapping[str, object], environment: Mapping[str, str], file: Path | None
) -> LoadedConfig:
    """Build the configuration; a flag of None counts as not given.

    Raises ConfigError with every unknown name and every wrong value at once.
    """
    problems: list[str] = []
    values: dict[str, Any] = {}
    origins = dict.fromkeys(SETTINGS, "default")
    # From the weakest to the strongest: the later one overwrites.
    for given in (
        *_from_file(file, problems),
        *_from_environment(environment, problems),
        *_from_flags(flags, problems),
    ):
        setting = SETTINGS[given.name]
        try:
            values[given.name] = setting.kind.parse(given.value)
        except (ValueError, TypeError):
            problems.append(_refuse(given, setting))
        origins[given.name] = given.origin
    if problems:
        raise ConfigError(tuple(problems))
    config = Config(**values)
    problems += _disagreements(config)
    if problems:
        raise ConfigError(tuple(problems))
    return LoadedConfig(config, origins)


def _disagreements(config: Config) -> Iterator[str]:
    """What is right by itself and wrong together."""
    if bool(config.tls_certificate) != bool(config.tls_key):
        yield "tls_certificate and tls_key belong together: set both for HTTPS, or neither."
    if not config.database_url and (config.workers > 1 or read_roles(config.role) != EVERY):
        yield (
            "One process alone works on a SQLite database: leave role at all and workers at 1, or "
            f"set {variable_of('database_url')} to a PostgreSQL that several processes share."
        )
    if config.health_port and config.health_port + config.workers > HIGHEST_PORT + 1:
        yield f"health_port and the ports of the other workers must not pass {HIGHEST_PORT}."


def render_config(loaded: LoadedConfig) -> list[ConfigRow]:
    """One row per setting, in the order of the fields."""
    rows = []
    for name, setting in SETTINGS.items():
        value = getattr(loaded.config, name)
        shown = setting.kind.render(value)
        if setting.is_secret:
            shown = STARS if value else ""
        rows.append(ConfigRow(name, shown, loaded.origins[name], setting.about))
    return rows


def _refuse(given: _Given, setting: Setting) -> str:
    what = "this value" if setting.is_secret else repr(given.value)
    return f"{given.place}: {given.name} must be {setting.kind.words}, not {what}"


def _from_flags(flags: Mapping[str, object], problems: list[str]) -> Iterator[_Given]:
    for name, value in flags.items():
        place = f"flag --{name.replace('_', '-')}"
        if name not in SETTINGS:
            problems.append(_unknown(place, name, str))
        elif value is not None:
            yield _Given(name, value, "flag", place)


def _from_environment(environment: Mapping[str, str], problems: list[str]) -> Iterator[_Given]:
    names = {variable_of(name): name for name in SETTINGS}
    for variable, value in environment.items():
        if variable in names:
            yield _Given(names[variable], value, variable, f"environment {variable}")
        elif variable.startswith(PREFIX) and variable != FILE_VARIABLE:
            problems.append(_unknown("environment", variable, variable_of))


def _from_file(file: Path | None, problems: list[str]) -> Iterator[_Given]:
    if file is None:
        return
    try:
        source = file.read_text(encoding="utf-8")
        document = tomllib.loads(source)
    except OSError as error:
        problems.append(f"{file}: cannot be read: {error.strerror or error}")
    except ValueError as error:  # what is no TOML, and what is no UTF-8
        problems.append(f"{file}: is not a TOML file: {error}")
    else:
        for key, value in document.items():
            place = _place_of(key, source, file)
            if key in SETTINGS:
                yield _Given(key, value, str(file), place)
            else:
                problems.append(_unknown(place, key, str))


def _place_of(key: str, source: str, file: Path) -> str:
    """The file and, where the key is written plainly, its line."""
    found = re.search(rf"^[ \t]*\[?[ \t]*[\"']?{re.escape(key)}\b", source, re.MULTILINE)
    if found is None:
        return str(file)
    return f"{file}:{source.count(chr(10), 0, found.start()) + 1}"


def _unknown(place: str, name: str, spell: Callable[[str], str]) -> str:
    known = [spell(each) for each in SETTINGS]
    nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.0)[0]
    return f"{place}: {name} is not a setting; the nearest known name is {nearest}"
