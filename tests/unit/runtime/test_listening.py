"""The port is known, and free, before a server starts."""

import socket

import pytest

from waypost.runtime.listening import AddressInUseError, choose_port, hold_port, url_of


def test_any_free_port_is_chosen_for_none():
    port = choose_port("127.0.0.1", 0)

    assert 0 < port < 65_536
    assert choose_port("127.0.0.1", port) == port


def test_a_port_that_is_taken_is_told_with_what_to_do():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(AddressInUseError, match=f"127.0.0.1:{port}.*choose another --port"):
            choose_port("127.0.0.1", port)


def test_a_host_that_is_none_is_told():
    with pytest.raises(AddressInUseError, match="Nothing can listen on"):
        choose_port("256.256.256.256", 0)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("gateway.example", "http://gateway.example:80"),
    ],
)
def test_a_client_on_this_machine_is_told_where_to_go(host, url):
    assert url_of(host, 80) == url


def test_an_address_of_colons_stands_in_brackets():
    assert url_of("::1", 80, "https") == "https://[::1]:80"


def test_a_port_that_is_held_can_be_shared_and_is_refused_to_whoever_does_not_share():
    with hold_port("127.0.0.1", 0) as port:
        with socket.socket() as sharing:
            sharing.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            sharing.bind(("127.0.0.1", port))
            sharing.listen()
        with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
            stranger.bind(("127.0.0.1", port))


def test_a_port_on_which_somebody_listens_is_not_held():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with (
            pytest.raises(AddressInUseError, match="another --port"),
            hold_port("127.0.0.1", taken.getsockname()[1]),
        ):
            pass
