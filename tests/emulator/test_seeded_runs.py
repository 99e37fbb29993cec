"""The same seed gives the same run, of two processes, with one sender or many at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError

from support.emulator_process import Running, emulator_process

PLAN = {
    "seed": 11,
    "drop": 0.2,
    "lose_answers": 0.2,
    "fail": {"code": 131026, "count": None, "share": 0.3},
    "refuse": {"code": 131016, "count": None, "share": 0.2},
}
PEOPLE = [f"9198765{nth:05}" for nth in range(80)]


def fate_of(emulator: Running, person: str) -> str:
    """What a send to the person was answered."""
    message = {"messaging_product": "whatsapp", "to": person, "text": {"body": "x"}}
    path = f"/v25.0/{emulator.facts['phone_number_id']}/messages"
    try:
        emulator.ask("POST", path, message)
    except HTTPError as error:
        with error:
            return str(error.code)
    except (HTTPException, ConnectionError):
        return "lost"
    return "200"


def fates(folder: Path, senders: int) -> dict[str, tuple[str, ...]]:
    """Each person's answer, and the statuses that fell due."""
    folder.mkdir()
    plan = folder / "plan.json"
    plan.write_text(json.dumps(PLAN))
    options = ("--faults", str(plan), "--status-delays", "sent=1", "--limits", "none")
    with emulator_process(folder, *options) as emulator:
        with ThreadPoolExecutor(senders) as pool:
            said = pool.map(lambda one: fate_of(emulator, one), PEOPLE)
            answers = dict(zip(PEOPLE, said, strict=True))
        emulator.ask("POST", "/_emulator/clock", {"advance": "1m"})
        shown = emulator.ask("GET", "/_emulator/messages?limit=500")["data"]
    statuses = {
        one["request"]["to"]: tuple(status["status"] for status in one["statuses"]) for one in shown
    }
    return {person: (said, *statuses.get(person, ())) for person, said in answers.items()}


def test_two_runs_of_a_plan_are_alike_however_many_send_at_once(tmp_path):
    alone, together = fates(tmp_path / "alone", 1), fates(tmp_path / "together", 16)
    assert together == alone
    assert {said for said, *_ in alone.values()} == {"200", "500", "503", "lost"}
    assert {"failed", "sent"} == {one for _, *rest in alone.values() for one in rest}
