"""Marketing to one user: the cap, what resending does, and who is outside it."""

import json
from copy import copy

import pytest

from meta_emulator.physics.caps import Caps
from meta_emulator.world.recipients import user_id_of
from support.law_bench import LawBench

INDIAN = "919876543210"
CAPPED = 131049


def outcomes(it, law, count, to=INDIAN, **more):
    return [it.outcome(law, to, **more) for _ in range(count)]


def test_a_user_gets_so_many_marketing_templates_in_a_moving_day():
    it = LawBench("caps", cap=3)
    law = Caps(it.state)
    assert outcomes(it, law, 2) == [200, 200]
    it.after(hours=12)
    assert outcomes(it, law, 2) == [200, CAPPED]
    it.after(hours=12)
    assert outcomes(it, law, 1, "919876500000") == [200]
    assert outcomes(it, law, 3) == [200, 200, CAPPED]


def test_all_numbers_share_the_cap_and_other_categories_do_not():
    it = LawBench("caps")
    law = Caps(it.state)
    assert outcomes(it, law, 2) == [200, 200]
    assert outcomes(it, law, 2, category="utility") == [200, 200]
    other = copy(it.number)
    other.id = "another"
    assert outcomes(it, law, 1, number=other) == [CAPPED]


def test_inside_an_open_window_marketing_is_free_and_does_not_count():
    it = LawBench("caps")
    law = Caps(it.state)
    it.state.hear(it.number, (INDIAN, user_id_of(INDIAN)))
    assert outcomes(it, law, 5) == [200] * 5
    it.after(hours=24)
    assert outcomes(it, law, 3) == [200, 200, CAPPED]


def test_resending_to_a_capped_user_makes_the_cap_longer():
    it = LawBench("caps")
    law = Caps(it.state)
    outcomes(it, law, 2)
    it.after(hours=20)
    assert outcomes(it, law, 1) == [CAPPED]
    it.after(hours=3)
    assert outcomes(it, law, 1) == [CAPPED]  # again within a day: unreachable from now on
    it.after(hours=23)
    assert law.capped(it.clock.now()).keys() == {user_id_of(INDIAN)}
    it.after(hours=1)
    assert law.capped(it.clock.now()) == {}
    assert outcomes(it, law, 1) == [200]


def test_one_try_too_many_does_not_make_the_cap_longer():
    it = LawBench("caps")
    law = Caps(it.state)
    outcomes(it, law, 2)
    it.after(hours=20)
    assert outcomes(it, law, 1) == [CAPPED]
    it.after(hours=4)
    assert outcomes(it, law, 1) == [200]


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("14155552671", [CAPPED] * 3),  # California
        ("14165552671", [200, 200, CAPPED]),  # Ontario
        ("18765552671", [200, 200, CAPPED]),  # Jamaica
        ("491701234567", [200] * 3),
        ("447911123456", [200] * 3),
        ("819012345678", [200] * 3),
        ("821012345678", [200] * 3),
        ("4790123456", [200] * 3),  # Norway, of the EEA and not of the EU
        ("41791234567", [200, 200, CAPPED]),  # Switzerland
    ],
)
def test_the_country_decides_whether_there_is_a_cap(to, expected):
    it = LawBench("caps")
    assert outcomes(it, Caps(it.state), 3, to) == expected


def test_numbers_of_the_usa_get_no_marketing_even_in_a_window():
    it = LawBench("caps")
    american = "14155552671"
    it.state.hear(it.number, (american, user_id_of(american)))
    law = Caps(it.state)
    assert outcomes(it, law, 1, american) == [CAPPED]
    assert outcomes(it, law, 1, american, category="utility") == [200]


def test_a_cap_of_none_lets_none_through():
    it = LawBench("caps", cap=0)
    law = Caps(it.state)
    assert outcomes(it, law, 1) == [CAPPED]


def test_a_snapshot_remembers_who_is_capped():
    it, other = LawBench("caps"), LawBench("caps")
    law, restored = Caps(it.state), Caps(other.state)
    outcomes(it, law, 4)
    restored.restore(json.loads(json.dumps(law.snapshot())))
    now = it.clock.now()
    assert restored.capped(now) == law.capped(now) != {}


def test_caps_that_are_not_kept_count_nothing():
    it = LawBench()
    law = Caps(it.state)
    assert outcomes(it, law, 9) == [200] * 9
    assert law.snapshot() == {}
