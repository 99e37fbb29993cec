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
        parts = urlsplit(url)
        if parts.hostname is None:
            raise ForbiddenAddressError(f"{url} names no host")
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                parts.hostname, parts.port or 443, type=socket.SOCK_STREAM
            )
        except OSError as error:
            raise ForbiddenAddressError(f"{parts.hostname} has no address: {error}") from error
        for *_, place in found:
            if not ip_address(place[0]).is_global:
                raise ForbiddenAddressError(
                    f"{parts.hostname} is {place[0]}, which is not a public address; "
                    "callback_private_addresses allows it"
                )
