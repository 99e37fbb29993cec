"""The HTTP server around an application: bounded, in this process and on this loop.

HTTPS is spoken when a certificate is given, from TLS 1.2 on. A request's line and headers may
take HEAD_BYTES together; more is refused with 431 before anybody looks at it.
"""

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

from granian.constants import Interfaces, SSLProtocols
from granian.http import HTTP1Settings, HTTP2Settings
from granian.server.embed import Server

from waypost.runtime.config import ConfigError

HEAD_BYTES = 64 * 1024
BACKLOG = 2048
BACKPRESSURE = 8192


def build_server(
    app: Callable[..., Any], host: str, port: int, certificate: str = "", key: str = ""
) -> Server:
    """A server that is not started.

    certificate, key  files in PEM: the chain, and its private key without a password; both or
                      neither

    Raises ConfigError.
    """
    if certificate:
        check_certificate(certificate, key)
    return Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        log_enabled=False,
        websockets=False,
        backlog=BACKLOG,
        backpressure=BACKPRESSURE,
        http1_settings=HTTP1Settings(max_buffer_size=HEAD_BYTES),
        http2_settings=HTTP2Settings(max_headers_size=HEAD_BYTES),
        ssl_cert=Path(certificate) if certificate else None,
        ssl_key=Path(key) if key else None,
        ssl_protocol_min=SSLProtocols.tls12,
    )


def check_certificate(certificate: str, key: str) -> None:
    """Raises ConfigError if the two files are no certificate and its key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key, password="")  # never asks at the terminal
    except OSError as error:  # ssl.SSLError is one
        problem = (
            f"HTTPS cannot be spoken with tls_certificate {certificate} and tls_key {key}: "
            f"{error.strerror or error}. Both must be readable PEM files, the key that of the "
            "certificate and without a password."
        )
        raise ConfigError((problem,)) from error
