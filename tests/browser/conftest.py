"""A browser, an emulator as a process of its own, and whoever gets its webhooks."""

import json
import queue
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from support.emulator_process import Running, SocketReceiver, emulator_process

CHROMIUM = Path("/usr/bin/chromium")
PHONES = count(919_810_000_001)
NARROW = {"width": 390, "height": 844}
WIDE = {"width": 1280, "height": 800}

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")


@dataclass
class Person:
    """Someone whom the business writes to, and a look at what the business hears of them."""

    emulator: Running
    receiver: SocketReceiver
    digits: str
    held: list[dict[str, Any]]

    @property
    def number(self) -> str:
        return self.emulator.facts["phone_number_id"]

    def gets(self, **message: Any) -> str:
        """The business sends; the wamid."""
        whole = {"messaging_product": "whatsapp", "to": f"+{self.digits}", **message}
        answer = self.emulator.ask("POST", f"/v25.0/{self.number}/messages", whole)
        wamid: str = answer["messages"][0]["id"]
        return wamid

    def gets_template(self, name: str, *components: dict[str, Any]) -> str:
        template = {
            "name": name,
            "language": {"code": "en_US"},
            "components": list(components),
        }
        return self.gets(type="template", template=template)

    def told(self) -> dict[str, Any]:
        """The next message of this person that a webhook brings."""
        while True:
            try:
                heard = self.receiver.heard.get(timeout=10)
            except queue.Empty:
                raise AssertionError("no webhook came") from None
            for entry in json.loads(heard.body)["entry"]:
                for change in entry["changes"]:
                    for message in change["value"].get("messages", ()):
                        if message["from"] == self.digits:
                            return message

    @property
    def address(self) -> str:
        return f"{self.emulator.facts['url']}/#/{self.number}/{self.digits}"

    @property
    def inbox(self) -> str:
        return self.emulator.facts["url"] + "/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Of one file of tests: while it is open its loop runs, and no other test may run one."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox"], headless=True
        )
        yield started
        started.close()


@pytest.fixture(scope="session")
def receiver() -> Iterator[SocketReceiver]:
    with SocketReceiver() as heard:
        yield heard


@pytest.fixture(scope="session")
def emulator(
    tmp_path_factory: pytest.TempPathFactory, receiver: SocketReceiver
) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("emulator")
    delays = "sent=20,delivered=60,read=120"
    options = ("--webhook-url", receiver.url, "--limits", "none", "--status-delays", delays)
    with emulator_process(folder, *options) as running:
        yield running


@pytest.fixture
def person(emulator: Running, receiver: SocketReceiver) -> Person:
    return Person(emulator, receiver, str(next(PHONES)), [])


@dataclass
class Opened:
    """Pages of one browser; what they complain of fails the test."""

    browser: Any
    contexts: list[Any]
    complaints: list[str]

    def page(self, address: str, size: dict[str, int] | None = None, **options: Any) -> Any:
        context = self.browser.new_context(viewport=size or WIDE, **options)
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda told: self._complain(told.type, told.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(address)
        return page

    def _complain(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)


@pytest.fixture
def opened(browser: Any) -> Iterator[Opened]:
    pages = Opened(browser, [], [])
    yield pages
    for context in pages.contexts:
        context.close()
    assert pages.complaints == []
