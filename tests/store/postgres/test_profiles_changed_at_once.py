"""Two processes change one callback profile: neither loses what the other did."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from support.nouns import ACCOUNT, NOW, PROFILE_ID, VAULT, callback_profile, later
from support.stored import POSTGRES, opened
from waypost.callback.publisher import Publisher
from waypost.directory.profile_changes import ProfileChange
from waypost.directory.profile_desk import ProfileDesk
from waypost.directory.profiles import ProfileKeeper
from waypost.model.audit import Actor
from waypost.model.callback import ProfileState
from waypost.model.errors import NotFoundError
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.ids import IdMaker
from waypost.store.repositories.instants import to_ms

CHIEF = Actor("operator:chief")
KEY = (ACCOUNT, PROFILE_ID)
OF_IT = f"WHERE account_id = {ACCOUNT} AND profile_id = '{PROFILE_ID}'"
WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted"


class Desk:
    """A desk at a profile, and another process that has a change under way as it is asked."""

    def __init__(self, stored, url):
        self.stored, self.url = stored, url
        clock, entropy = TestClock(NOW), SeededEntropy(7)
        self.keeper = ProfileKeeper(stored.store, clock, entropy, "IN", VAULT)
        ids = IdMaker(clock, entropy)
        self.profiles = ProfileDesk(stored.store, self.keeper, Publisher(), ids)
        secrets = self.keeper.make(ACCOUNT, "").secrets
        stored.do(lambda t: t.profiles.save(callback_profile(secrets=secrets)))
        self.account = stored.ask(lambda t: t.directory.account_by_sid("HXIN1234567890IN"))

    async def change_beside(self, statement):
        """Renames the profile; the other process commits once that waits for it."""
        other = await asyncpg.connect(self.url)
        watching = await asyncpg.connect(self.url)
        try:
            await other.execute(f"BEGIN; {statement} {OF_IT}")
            asked = asyncio.create_task(
                self.profiles.change(
                    self.account, PROFILE_ID, ProfileChange(title="Renamed"), CHIEF
                )
            )
            async with asyncio.timeout(10):
                while not asked.done() and not await watching.fetchval(WAITS):
                    pass
            await other.execute("COMMIT")
            await asked
        finally:
            await other.close()
            await watching.close()

    def beside(self, statement):
        self.stored.run(self.change_beside(statement))
        return self.kept()

    def kept(self):
        return self.stored.ask(lambda t: t.profiles.load([KEY])).get(KEY)


@pytest.fixture
def desk(tmp_path):
    with opened(tmp_path, POSTGRES) as stored:
        stored.furnish()
        yield Desk(stored, POSTGRES.url(tmp_path))
    POSTGRES.drop(tmp_path)


def test_a_profile_that_is_paused_meanwhile_stays_paused(desk):
    kept = desk.beside("UPDATE callback_profiles SET state = 'paused'")

    assert (kept.title, kept.state) == ("Renamed", ProfileState.PAUSED)


def test_a_secret_that_is_made_meanwhile_signs(desk):
    secrets = desk.keeper.make(ACCOUNT, "").secrets
    kept = desk.beside(f"UPDATE callback_profiles SET secrets = '{secrets}'")

    assert (kept.title, kept.secrets) == ("Renamed", secrets)


def test_an_endpoint_that_fails_meanwhile_is_known_to_fail(desk):
    kept = desk.beside(f"UPDATE callback_profiles SET failing_since = {to_ms(later(5))}")

    assert (kept.title, kept.failing_since) == ("Renamed", later(5))


def test_a_profile_that_is_removed_meanwhile_does_not_come_back(desk):
    with pytest.raises(NotFoundError):
        desk.beside("DELETE FROM callback_profiles")

    assert desk.kept() is None


def test_many_changes_at_once_all_end(desk):
    async def everything():
        account, profiles = desk.account, desk.profiles
        other = await POSTGRES.open(desk.stored.folder)
        try:
            parts = ProfileKeeper(other, desk.keeper.clock, SeededEntropy(8), "IN", VAULT)
            beside = ProfileDesk(other, parts, Publisher(), profiles.ids)
            for _ in range(5):
                await asyncio.gather(
                    *(one.pause(account, PROFILE_ID, CHIEF) for one in (profiles, beside)),
                    *(one.resume(account, PROFILE_ID, CHIEF) for one in (profiles, beside)),
                    profiles.rotate(account, PROFILE_ID, timedelta(0), CHIEF),
                    beside.change(account, PROFILE_ID, ProfileChange(title="Renamed"), CHIEF),
                )
        finally:
            await other.close()

    desk.stored.run(everything())

    assert desk.kept().title == "Renamed"
