"""Chance has the promised shapes; seeded, it repeats itself."""

import re
import uuid

import pytest

from waypost.runtime.entropy import Entropy, SeededEntropy, SystemEntropy

SOURCES = [SystemEntropy(), SeededEntropy(7)]


def draw(entropy: Entropy) -> tuple[str, str, float, str]:
    return entropy.token_hex(16), entropy.uuid(), entropy.jitter(), entropy.base36(19)


@pytest.mark.parametrize("entropy", SOURCES)
def test_every_source_gives_the_promised_shapes(entropy):
    for _ in range(200):
        token, identity, jitter, text = draw(entropy)
        assert re.fullmatch(r"[0-9a-f]{32}", token)
        assert uuid.UUID(identity).version == 4
        assert str(uuid.UUID(identity)) == identity
        assert 0 <= jitter < 1
        assert re.fullmatch(r"[0-9A-Z]{19}", text)


@pytest.mark.parametrize("entropy", SOURCES)
def test_two_draws_differ(entropy):
    assert draw(entropy) != draw(entropy)


def test_the_same_seed_gives_the_same_chance():
    assert draw(SeededEntropy(1)) == draw(SeededEntropy(1))
    assert draw(SeededEntropy(1)) != draw(SeededEntropy(2))


def test_all_thirty_six_digits_come_up():
    assert len(set(SystemEntropy().base36(5000))) == 36
