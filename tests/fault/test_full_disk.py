"""The disk is full: nothing is half-kept, and all goes on once there is room."""

import os
import resource
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.checker import check
from support.processes import PRICE, RICH, House, house, until
from support.scenarios import report

pytestmark = [pytest.mark.fault, pytest.mark.sqlite_only, pytest.mark.timeout(90)]

SIZE_KB = 64 * 1024
BRISK = {"unknown_window_s": 4, "lease_s": 4, "meta_timeout_s": 2, "callback_timeout_s": 2}
"""What could not be recorded comes back when its lease ends."""


@dataclass
class SmallDisk:
    """A place that can be full: `fill` leaves some 64 kB, `make_room` gives much."""

    data: Path
    fill: Callable[[House], None]
    make_room: Callable[[House], None]


@contextmanager
def small_file_system(folder: Path) -> Iterator[SmallDisk]:
    """A file system of its own, with a file on it that takes what room there is."""
    mounted = folder / "disk"
    mounted.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_KB}k", "none", str(mounted)]
    try:
        allowed = subprocess.run(mount, capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"there is no mount command: {error}")
    if allowed.returncode != 0:
        pytest.skip(f"mounting a small file system is not permitted: {allowed.stderr.strip()}")
    ballast = mounted / "ballast"

    def fill(_: House) -> None:
        free = os.statvfs(mounted)
        left = free.f_bavail * free.f_bsize - 64 * 1024
        with suppress(OSError):  # the gateway was quicker, and it is full already
            ballast.write_bytes(b"\0" * max(0, left))

    try:
        yield SmallDisk(mounted / "data", fill, lambda _: ballast.unlink())
    finally:
        subprocess.run(["umount", "-l", str(mounted)], check=True)


@contextmanager
def small_files(folder: Path) -> Iterator[SmallDisk]:
    """A limit on the size of the gateway's files, set and lifted while it runs."""

    def limit(home: House, size: int) -> None:
        assert home.gateway.process is not None
        resource.prlimit(home.gateway.process.pid, resource.RLIMIT_FSIZE, (size, hard))

    def fill(home: House) -> None:
        log = folder / "data" / "waypost.sqlite-wal"
        limit(home, log.stat().st_size + 64 * 1024)

    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield SmallDisk(folder / "data", fill, lambda home: limit(home, hard))


@pytest.mark.parametrize("kind", [small_file_system, small_files])
def test_while_the_disk_is_full_nothing_is_half_kept_and_all_goes_on_afterwards(
    tmp_path, engine, kind
):
    with kind(tmp_path) as disk, house(tmp_path, data=disk.data, **BRISK) as home:
        with home.customer() as customer:
            home.emulator.faults(delay_ms=1000)  # so that answers come while the disk is full
            before = [customer.send(f"before-{number}") for number in range(40)]
            disk.fill(home)
            during = [
                customer.send(f"during-{number}", Idempotency_Key=f"during-{number}")
                for number in range(300)
            ]
            live = customer.ask("GET", "/health/live")
            until(lambda: len(home.emulator.taken()) >= len(before), "Meta took them", 10, 0.05)
            disk.make_room(home)
            until(lambda: customer.send("after").status == 202, "there is room", 10, 0.5)
            again = [
                customer.send(f"during-{number}", Idempotency_Key=f"during-{number}")
                for number in range(300)
            ]
        home.settle()

        codes = Counter((answer.status, answer.code) for answer in during)
        accepted = {answer.message_id for answer in before + again}
        kept, taken = home.kept.message_ids(), home.emulator.taken()
        unsure = len(kept) - home.kept.facts()["taken"]
        what = {small_file_system: "file system", small_files: "limit on its files"}[kind]
        report(
            engine,
            f"The disk is full for a while, by a small {what}",
            check(home, accepted),
            refused_while_full=codes[500, "WA500"],
        )
        assert unsure == 0, "an answer of Meta that came while the disk was full was forgotten"
        assert live.status == 200
        assert codes[500, "WA500"] > 100
        assert set(codes) <= {(500, "WA500"), (202, "WA202")}
        assert accepted >= {answer.message_id for answer in during if answer.status == 202}
        assert accepted <= kept
        assert len(kept) == 40 + 300 + 1
        assert taken == dict.fromkeys(kept, 1)
        assert home.kept.states() == {"read": len(kept)}
        assert home.kept.audit() == []
        assert home.kept.wallet() == (RICH - PRICE * len(kept), 0)
        told = Counter(one["headers"]["webhook-id"] for one in home.emulator.callbacks())
        of_status = {id_.rpartition(".")[0] for id_ in told}  # their end is the profile's
        assert of_status == {f"{id_}.{word}" for id_ in kept for word in STATUSES}
        assert len(told) == len(of_status)
        assert home.kept.rows("PRAGMA integrity_check") == [("ok",)]


STATUSES = ("sent", "delivered", "read")


@pytest.mark.parametrize("kind", [small_file_system, small_files])
def test_a_gateway_killed_on_a_full_disk_starts_again_with_all_it_answered_for(tmp_path, kind):
    with kind(tmp_path) as disk, house(tmp_path, data=disk.data, **BRISK) as home:
        with home.customer() as customer:
            answers = [customer.send(f"before-{number}") for number in range(50)]
            disk.fill(home)
            answers += [customer.send(f"{number}") for number in range(200)]
        home.gateway.kill()
        if kind is small_file_system:
            disk.make_room(home)  # the limit on files ended with its process
        home.gateway.start()
        home.settle()

        accepted = {answer.message_id for answer in answers if answer.status == 202}
        refused = sum(answer.code == "WA500" for answer in answers)
        print(f"\n{kind.__name__}: {len(accepted)} answers 202, {refused} WA500, then killed")
        assert refused > 100
        assert len(accepted) + refused == len(answers)
        assert home.kept.message_ids() == accepted
        assert home.emulator.taken() == dict.fromkeys(accepted, 1)
        assert home.kept.audit() == []
