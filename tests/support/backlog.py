"""A campaign of any size that waits in a gateway's queue: one real message, its likes by SQL."""

import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.kept import Kept, KeptInPostgres
from support.processes import PRICE, House, text_body


def seed_backlog(home: House, number: int) -> str:
    """Makes `number` messages that are due now, while no gateway runs; the id of their model.

    The model itself is scheduled for tomorrow, so that it lies in the queue as a message does.
    """
    body = json.loads(text_body("model"))
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    body["extra_info"]["send_at"] = tomorrow.isoformat(timespec="seconds")
    with home.customer() as customer:
        model = customer.post(json.dumps(body).encode()).message_id
    for program in home.gateways.values():
        assert program.terminate() == 0
    now_ms = int(time.time() * 1000)
    id_ = f"substr('{model}', 1, 10) || {_padded(home.kept, 10)}"
    phone = f"'+9197' || {_padded(home.kept, 8)}"
    _clone(home.kept, "messages", model, number, {"message_id": id_, "recipient": phone})
    priority_and_due = {"item_id": id_, "due_at": f"{now_ms}", "priority": "2"}
    _clone(home.kept, "queue", model, number, priority_and_due)
    _clone(home.kept, "ledger_entries", model, number, {"reference": id_})
    home.kept.rows(f"UPDATE wallets SET held_minor = held_minor + {number * PRICE}")
    return model


def _clone(kept: Kept, table: str, model: str, number: int, changed: dict[str, str]) -> None:
    """Rows like the model's, with these columns otherwise."""
    key = next(iter(changed))
    columns = kept.columns(table)
    values = ", ".join(changed.get(column, f"m.{column}") for column in columns)
    series = f"generate_series(1, {number}) AS s(n)"
    before = ""
    if not isinstance(kept, KeptInPostgres):
        counting = f"SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {number}"
        before = f"WITH RECURSIVE s(n) AS ({counting}) "
        series = "s"
    kept.rows(
        f"{before}INSERT INTO {table} ({', '.join(columns)}) "
        f"SELECT {values} FROM {table} AS m CROSS JOIN {series} WHERE m.{key} = '{model}'"
    )


def _padded(kept: Kept, digits: int) -> str:
    """The number of a clone, with zeros before it."""
    if isinstance(kept, KeptInPostgres):
        return f"lpad(n::text, {digits}, '0')"
    return f"printf('%0{digits}d', n)"


def cpu_s(process_id: int) -> float:
    """The processor time that a process has used."""
    fields = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(process_id: int) -> float:
    """How much memory a process has, in MiB."""
    status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
