"""One gateway, with an emulator behind it, for all that is hostile; it has to live to the end."""

import pytest

from support.processes import HOST, house


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    delays = ("--status-delays", "sent=1,delivered=2,read=3")
    # Tests that fail on purpose each say that they come from somewhere else.
    with house(folder, *delays, trusted_proxies=HOST) as one:
        yield one
        assert one.gateway.is_running, one.log()
        for trouble in ("Traceback", "request.failed", "handler_failed", ".given_up"):
            assert trouble not in one.log(), one.log()


@pytest.fixture
def customer(home):
    with home.customer(timeout_s=10) as one:
        yield one


@pytest.fixture
def unchanged(home):
    """Nothing is stored while the test runs."""
    home.settle()
    before = home.kept.sizes()
    yield
    assert home.kept.sizes() == before
