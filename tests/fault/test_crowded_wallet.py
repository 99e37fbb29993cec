"""Many requests at once on one wallet and on one Idempotency-Key."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.checker import check
from support.processes import PRICE, House, house, text_body, until
from support.scenarios import report

pytestmark = [pytest.mark.fault, pytest.mark.timeout(90)]

AFFORDED, TIMES = 150, 8
LOOK_S = 0.002


class Watcher:
    """Looks at the wallet as often as it can while a block runs."""

    def __init__(self, home: House) -> None:
        self.lowest = home.kept.wallet()[0]
        self.looks = 0
        self._kept = home.kept
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        while not self._is_over.wait(LOOK_S):
            balance, held = self._kept.wallet()
            self.lowest = min(self.lowest, balance - held)
            self.looks += 1

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()


def at_once(home: House, number: int, clients: int, ask) -> list:
    """`number` answers to what `clients` ask over their own connections, all let go together."""
    gate = threading.Barrier(clients)

    def run(client: int) -> list:
        with home.customer() as customer:
            home_turns = range(client, number, clients)
            customer.ask("GET", "/health/live")
            gate.wait(20)
            return [ask(customer, turn) for turn in home_turns]

    with ThreadPoolExecutor(clients) as pool:
        return [answer for answers in pool.map(run, range(clients)) for answer in answers]


def test_exactly_as_many_messages_are_accepted_as_the_balance_pays_for(tmp_path, engine):
    money = AFFORDED * PRICE + PRICE - 1
    with house(tmp_path, money=money) as home:
        with Watcher(home) as watcher:
            answers = at_once(
                home, AFFORDED * TIMES, 64, lambda customer, turn: customer.send(f"{turn}")
            )
            home.settle()

        codes = Counter((answer.status, answer.code) for answer in answers)
        report(
            engine,
            f"{len(answers):,} requests at once, with money for {AFFORDED}",
            check(home, {answer.message_id for answer in answers if answer.status == 202}),
            refused=codes[400, "E110"],
            looks_at_the_wallet=watcher.looks,
        )
        assert codes == {(202, "WA202"): AFFORDED, (400, "E110"): AFFORDED * (TIMES - 1)}
        assert watcher.lowest == PRICE - 1
        assert len({answer.message_id for answer in answers if answer.status == 202}) == AFFORDED
        assert home.emulator.taken().total() == AFFORDED
        assert home.kept.number("SELECT count(*) FROM messages") == AFFORDED
        assert home.kept.audit() == []
        assert home.kept.wallet() == (PRICE - 1, 0)


def test_a_request_for_many_recipients_is_paid_for_whole_or_not_at_all(tmp_path):
    with house(tmp_path, money=100 * PRICE) as home:
        several = ",".join(f"+9198123{number:05}" for number in range(30))
        with Watcher(home) as watcher:
            answers = at_once(
                home, 32, 32, lambda customer, turn: customer.send(f"{turn}", to=several)
            )
            home.settle()

        codes = Counter((answer.status, answer.code) for answer in answers)
        print(f"\n32 requests of 30, money for 100: {dict(codes)}, lowest {watcher.lowest}")
        assert codes == {(202, "WA202"): 3, (400, "E110"): 29}
        assert watcher.lowest == 10 * PRICE
        assert home.emulator.taken().total() == 90
        assert home.kept.audit() == []
        assert home.kept.wallet() == (10 * PRICE, 0)


def test_two_hundred_equal_requests_with_one_key_are_one_message(tmp_path, engine):
    with house(tmp_path) as home:
        raw = text_body("once")
        answers = at_once(
            home, 200, 64, lambda customer, _: customer.post(raw, Idempotency_Key="one")
        )
        with home.customer() as customer:
            other = customer.post(text_body("other"), Idempotency_Key="one")
            another = customer.post(raw, Idempotency_Key="two")
        home.settle()

        ids = {answer.message_id for answer in answers}
        report(
            engine,
            "200 equal requests at once under one Idempotency-Key, and one under another",
            check(home, [*ids, another.message_id]),
        )
        assert len(ids) == 1
        assert len({answer.body for answer in answers}) == 1
        assert (other.status, other.code) == (409, "WA409")
        assert another.message_id not in ids
        assert home.emulator.taken() == dict.fromkeys([*ids, another.message_id], 1)
        holds = "SELECT count(*) FROM ledger_entries WHERE kind = 'hold'"
        assert home.kept.number(holds) == 2
        assert home.kept.audit() == []


def test_of_two_bodies_that_race_for_one_key_one_wins_and_the_other_is_told(tmp_path):
    with house(tmp_path) as home:
        bodies = [text_body("red"), text_body("blue")]
        answers = at_once(
            home,
            200,
            50,
            lambda customer, turn: customer.post(bodies[turn % 2], Idempotency_Key="race"),
        )
        until(lambda: home.kept.states().total() == 1, "one message is kept")
        home.settle()

        codes = Counter((answer.status, answer.code) for answer in answers)
        print(f"\n200 requests with two bodies under one key: {dict(codes)}")
        assert codes == {(202, "WA202"): 100, (409, "WA409"): 100}
        assert home.emulator.taken().total() == 1
        assert home.kept.audit() == []


def test_a_refused_key_is_free_again_once_there_is_money(tmp_path):
    with house(tmp_path, money=PRICE) as home:
        with home.customer() as customer:
            spent = customer.send("first", Idempotency_Key="first")
            poor = [customer.send("second", Idempotency_Key="second") for _ in range(2)]
            again = customer.send("first", Idempotency_Key="first")
        home.settle()

        assert [answer.code for answer in poor] == ["E110", "E110"]
        assert again.body == spent.body
        assert home.kept.number("SELECT count(*) FROM idempotency_keys") == 1
        assert home.kept.audit() == []
