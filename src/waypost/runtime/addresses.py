"""Where callbacks may not go: addresses inside the operator's own network."""

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit


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
            if not address.is_global or address.is_multicast:
                raise ForbiddenAddressError(
                    f"{host} is {place[0]}, which is not a public address; "
                    "callback_private_addresses allows it"
                )
