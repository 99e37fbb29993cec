"""Where callbacks may not go: addresses inside the operator's own network."""

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

OLD_NETWORKS = (ip_network("::/96"), ip_network("fec0::/10"))
"""IPv4-compatible and site-local addresses: given up long ago, and global for `ipaddress`."""

NAT64 = ip_network("64:ff9b::/96")
"""IPv4 addresses as a network without IPv4 writes them (RFC 6052)."""


class ForbiddenAddressError(Exception):
    """The address is private, loopback, link-local or otherwise not for customers."""


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """Checks every address a URL's host stands for, before each call.

    may_be_private  for development: lets everything through
    """

    may_be_private: bool

    async def check(self, url: str) -> None:
        """Raises ForbiddenAddressError if any address of the host is not a public one."""
        if self.may_be_private:
            return
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise ForbiddenAddressError(f"{url} is no URL: {error}") from error
        if host is None:
            raise ForbiddenAddressError(f"{url} names no host")
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                host, port or 443, type=socket.SOCK_STREAM
            )
        except (OSError, UnicodeError) as error:  # the second: a label that is too long
            raise ForbiddenAddressError(f"{host} has no address: {error}") from error
        for *_, place in found:
            address = ip_address(place[0])
            if not is_public(address):
                raise ForbiddenAddressError(
                    f"{host} is {place[0]}, which is not a public address; "
                    "callback_private_addresses allows it"
                )


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the open network; one that stands for another is as that is."""
    if isinstance(address, IPv6Address):
        if address.sixtofour is not None:
            return is_public(address.sixtofour)
        if address in NAT64:
            return is_public(IPv4Address(address.packed[-4:]))
        if any(address in network for network in OLD_NETWORKS):
            return False
    return address.is_global and not address.is_multicast
