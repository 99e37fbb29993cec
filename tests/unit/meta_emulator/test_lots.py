"""Lots: the same for the same, whatever else was drawn."""

from statistics import mean

from meta_emulator.physics.lots import Lots, Tallies


def test_a_lot_is_the_same_whatever_was_drawn_before() -> None:
    first, second = Lots(7), Lots(7)
    for number in range(100):
        second.fraction("other", number)
    assert first.fraction("drop", "919900000001", 0) == second.fraction("drop", "919900000001", 0)


def test_lots_differ_by_seed_purpose_and_each_key() -> None:
    lots = {
        Lots(7).fraction("drop", "1", 0),
        Lots(8).fraction("drop", "1", 0),
        Lots(7).fraction("fail", "1", 0),
        Lots(7).fraction("drop", "2", 0),
        Lots(7).fraction("drop", "1", 1),
        Lots(7).fraction("drop", "1"),
        Lots(7).fraction("drop", "", "10"),
        Lots(7).fraction("drop", "10"),
    }
    assert len(lots) == 8


def test_lots_spread_evenly_from_nought_to_one() -> None:
    drawn = [Lots(1).fraction("spread", number) for number in range(10_000)]
    assert all(0 <= lot < 1 for lot in drawn)
    assert abs(mean(drawn) - 0.5) < 0.02
    assert abs(sum(lot < 0.1 for lot in drawn) - 1000) < 120


def test_a_share_of_nought_never_hits_and_one_of_one_always() -> None:
    lots = Lots(1)
    assert not any(lots.hits(0, "x", number) for number in range(100))
    assert all(lots.hits(1, "x", number) for number in range(100))


def test_a_lot_between_two_numbers_stays_between_them() -> None:
    lots = Lots(1)
    assert all(3 <= lots.between(3, 5, "x", number) < 5 for number in range(100))


def test_tallies_count_each_thing_and_go_on_from_a_snapshot() -> None:
    tallies = Tallies()
    assert [tallies.next("a"), tallies.next("a"), tallies.next("b")] == [0, 1, 0]
    restored = Tallies()
    restored.restore(tallies.snapshot())
    assert [restored.next("a"), restored.next("b")] == [2, 1]
