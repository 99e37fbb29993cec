"""Meta is away, is busy, or refuses: messages wait, are tried again, or end with the reason."""

import time

import pytest

from support.crowd import Crowd
from support.processes import PRICE, RICH, house, until

pytestmark = [pytest.mark.fault, pytest.mark.timeout(90)]


def test_messages_wait_while_meta_cannot_be_reached_and_go_out_when_it_is_back(tmp_path):
    with house(tmp_path, unknown_window_s=6) as home:
        with home.customer() as customer:
            before = [customer.send(f"before-{number}").message_id for number in range(20)]
        home.settle()
        assert home.emulator.taken() == dict.fromkeys(before, 1)
        home.emulator.terminate()
        crowd = Crowd(home, clients=5, each=20)
        crowd.start()
        told = crowd.wait()
        until(lambda: home.kept.facts()["attempted"] >= 200, "each was tried twice")
        away = home.kept.states()
        home.emulator.start()
        back = time.monotonic()
        home.settle()

        facts = home.kept.facts()
        print(
            f"\n{facts['attempted']} attempts while Meta was away, {facts['lost']} of doubt;"
            f" all {len(told.accepted)} read {time.monotonic() - back:.1f} s after it came back"
        )
        assert away == {"read": 20, "accepted": 100}
        assert home.emulator.taken() == dict.fromkeys(told.message_ids, 1)
        assert home.kept.states() == {"read": 120}
        assert home.kept.audit() == []
        assert home.kept.wallet() == (RICH - 120 * PRICE, 0)


def test_what_meta_refuses_for_now_is_tried_again_with_growing_gaps(tmp_path):
    with house(tmp_path) as home:
        gaps_s, firsts_s = refuse_25(home, 131000)
        assert all(0.75 <= gap < 2.5 for gap in firsts_s)
        assert max(gaps_s) > 1.5, "the second gap is twice the first"


def test_what_meta_calls_too_fast_waits_a_moment_each_time_and_no_attempt_is_counted(tmp_path):
    with house(tmp_path) as home:
        gaps_s, _ = refuse_25(home, 130429)
        assert all(0.75 <= gap < 2.5 for gap in gaps_s)
        attempts = home.kept.rows("SELECT DISTINCT attempt FROM facts WHERE fact = 'attempted'")
        assert attempts == [(1,)]


def refuse_25(home, code):
    """Meta refuses 25 of the sends of ten messages for now; the gaps, and those of the firsts."""
    home.emulator.faults(refuse={"code": code, "count": 25})
    with home.customer() as customer:
        ids = [customer.send(f"{number}").message_id for number in range(10)]
    home.settle()
    following = (
        "(SELECT min(g.recorded_at) FROM facts AS g "
        "WHERE g.message_id = f.message_id AND g.fact_id > f.fact_id)"
    )
    is_first = (
        "NOT EXISTS (SELECT 1 FROM facts AS e "
        "WHERE e.message_id = f.message_id AND e.fact_id < f.fact_id)"
    )
    gaps = home.kept.rows(
        f"SELECT {is_first}, {following} - f.recorded_at FROM facts AS f WHERE f.fact = 'attempted'"
    )
    gaps_s = [milliseconds / 1000 for _, milliseconds in gaps]
    print(f"\n25 refusals with {code}: gaps {min(gaps_s):.2f} to {max(gaps_s):.2f} s")
    assert home.emulator.taken() == dict.fromkeys(ids, 1)
    assert home.kept.facts()["attempted"] == 25
    assert len(gaps_s) == 25
    assert codes_of(home) == {str(code): 25}
    assert home.kept.states() == {"read": 10}
    assert home.kept.wallet() == (RICH - 10 * PRICE, 0)
    return gaps_s, [milliseconds / 1000 for is_one, milliseconds in gaps if is_one]


def codes_of(home):
    return dict(
        home.kept.rows(
            "SELECT failure_code, count(*) FROM facts WHERE fact = 'attempted' "
            "GROUP BY failure_code"
        )
    )


@pytest.mark.parametrize("how", ["refuse", "fail"])
@pytest.mark.parametrize("code", [131026, 131047, 132015])
def test_what_meta_refuses_for_good_ends_as_failed_and_the_customer_is_told_why(
    tmp_path, how, code
):
    with house(tmp_path) as home:
        home.emulator.faults(**{how: {"code": code, "count": 5}})
        with home.customer() as customer:
            failed = [customer.send(f"{number}").message_id for number in range(5)]
            until(lambda: home.kept.states()["failed"] == 5, "the five have failed")
            fine = customer.send("fine").message_id
        home.settle()

        told = {
            one["body"]["message_id"]: one["body"]["meta_object"]["value"]["statuses"][0]
            for one in home.emulator.callbacks()
            if one["body"]["status"] == "failed"
        }
        print(
            f"\n{how} with {code}: {len(told)} customers told, errors {told[failed[0]]['errors']}"
        )
        assert home.kept.states() == {"failed": 5, "read": 1}
        assert set(told) == set(failed)
        assert {status["errors"][0]["code"] for status in told.values()} == {code}
        assert set(home.kept.rows("SELECT failure_code FROM messages WHERE state = 'failed'")) == {
            (str(code),)
        }
        assert home.emulator.taken()[fine] == 1
        assert home.kept.facts()["attempted"] == 0
        assert home.kept.audit() == []
        assert home.kept.wallet() == (RICH - PRICE, 0)
