"""Where callbacks may not go: addresses inside the operator's own network.

A name is looked up once for each call, every address it stands for is checked, and the call goes
to one of those that were checked and to no other: what the name stands for a moment later does not
matter. The host is read once, here, and written as the HTTP client reads it too, so that the two
cannot mean different ones.
"""

import asyncio
import re
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

NEVER_PUBLIC = tuple(
    map(
        ip_network,
        (
            *("192.0.0.0/24", "192.88.99.0/24"),
            *("::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "3fff::/20", "5f00::/16", "fec0::/10"),
        ),
    )
)
"""Global for `ipaddress`, and no place of a customer: one cloud's metadata (192.0.0.192) and relays
of 6to4; IPv4 in old or local disguises (RFC 4291, 2765, 8215); documentation, segment routing and
site-local addresses (RFC 9637, 9602, 3879)."""

NAT64 = ip_network("64:ff9b::/96")
"""IPv4 addresses as a network without IPv4 writes them (RFC 6052)."""

METADATA = frozenset(
    map(ip_address, ("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16"))
)
"""Where clouds tell their machines' secrets. The last one is global for `ipaddress`."""

LOOKUPS = 32
"""How many names are looked up at once; of one name there is one look-up."""

PORTS = {"http": 80, "https": 443}

_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_USER = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:%-]*")
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")


class ForbiddenAddressError(Exception):
    """The address is private, loopback, link-local or otherwise not for customers."""


class Resolver(Protocol):
    """Names to addresses."""

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """Every address of the host. Raises OSError or UnicodeError."""
        ...


class SystemResolver:
    """The machine's own resolver, on threads of its own: one slow name holds up one of them."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="resolver")
        self._asked: dict[tuple[str, int], asyncio.Future[list[str]]] = {}

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """See `Resolver`; who asks while the same is being asked waits for that answer."""
        key = (host, port)
        asked = self._asked.get(key)
        if asked is None:
            loop = asyncio.get_running_loop()
            asked = self._asked[key] = loop.run_in_executor(self._threads, _look_up, host, port)
            asked.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(asked)

    def _forget(self, key: tuple[str, int], done: "asyncio.Future[list[str]]") -> None:
        del self._asked[key]
        if not done.cancelled():
            done.exception()  # who asked may have given up: then nobody else takes it


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call may go.

    url        as the HTTP client is to have it
    host       its host: a name, or an address without brackets
    addresses  those of the host, all checked; empty if none were looked up
    """

    url: str
    host: str
    port: int
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """Checks every address a URL's host stands for, before each call.

    may_be_private  for development: lets everything through
    """

    may_be_private: bool
    resolver: Resolver = field(default_factory=SystemResolver)

    async def check(self, url: str) -> None:
        """Raises ForbiddenAddressError if any address of the host is not a public one."""
        if not self.may_be_private:
            await self.find(url)

    async def find(self, url: str) -> Place:
        """Where the URL leads. Raises ForbiddenAddressError, in words."""
        place = read_url(url)
        try:
            found = await self.resolver.resolve(place.host, place.port)
        except (OSError, UnicodeError) as error:  # the second: a label that is too long
            raise ForbiddenAddressError(f"{place.host} has no address: {error}") from error
        if not found:
            raise ForbiddenAddressError(f"{place.host} has no address")
        for one in found:
            if not is_public(ip_address(one)):
                meant = place.host if place.host == one else f"{place.host} is {one}, which"
                raise ForbiddenAddressError(
                    f"{meant} is not a public address; callback_private_addresses allows it"
                )
        return Place(place.url, place.host, place.port, tuple(found))


def read_url(url: str) -> Place:
    """The host of a URL, beyond doubt. Raises ForbiddenAddressError, in words.

    The words hold no more of the URL than its host: the rest may be a secret.
    """
    if _UNSAFE.search(url):
        raise ForbiddenAddressError(
            "the URL is none: it holds a blank, a control or a backslash; percent-encode it"
        )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ForbiddenAddressError("the URL is none: its host or port cannot be read") from error
    if parts.scheme not in PORTS:
        raise ForbiddenAddressError("the URL is none of http or https")
    if not host:
        raise ForbiddenAddressError("the URL names no host")
    user, at, _ = parts.netloc.rpartition("@")
    if not _USER.fullmatch(user):
        raise ForbiddenAddressError(
            "the URL's user or password holds unsafe characters; percent-encode them"
        )
    host = _plain_host(host)
    return Place(_with_host(parts, user + at, host, port), host, port or PORTS[parts.scheme])


def _plain_host(host: str) -> str:
    """The host in the spelling that every reader understands alike."""
    if ":" in host:
        try:
            address = IPv6Address(host)
        except ValueError as error:
            raise ForbiddenAddressError(f"{host} is no address: {error}") from error
        if address.scope_id is not None:
            raise ForbiddenAddressError(f"{host} is of one network alone, not a public address")
        return str(address)
    try:
        plain = host.encode("idna").decode() if not host.isascii() else host.lower()
    except UnicodeError as error:
        raise ForbiddenAddressError(f"{host} is no name of a host: {error}") from error
    if not _HOST.fullmatch(plain):
        raise ForbiddenAddressError(f"{host} is no name of a host")
    if _NUMBER.fullmatch(plain.rstrip(".").rpartition(".")[2]):
        return str(_address(plain))
    return plain


def _address(host: str) -> IPv4Address:
    """An address in any of its spellings: `127.1`, `0x7f000001`, `2130706433`."""
    try:
        return IPv4Address(socket.inet_aton(host.rstrip(".")))
    except OSError as error:
        raise ForbiddenAddressError(f"{host} is no address: {error}") from error


def _with_host(parts: SplitResult, user: str, host: str, port: int | None) -> str:
    shown = f"[{host}]" if ":" in host else host
    netloc = shown if port is None else f"{shown}:{port}"
    return parts._replace(netloc=user + netloc).geturl()


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the open network; one that stands for another is as that is."""
    if address in METADATA:
        return False
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address.sixtofour is not None:
            return is_public(address.sixtofour)
        if address in NAT64:
            return is_public(IPv4Address(address.packed[-4:]))
    if any(address in network for network in NEVER_PUBLIC):
        return False
    return address.is_global and not address.is_multicast
