"""What a client must know to use a running pair of gateway and emulator, as a file.

`waypost dev` writes it when both answer, and keeps it as `demo.json` in its data folder;
`waypost demo` and `waypost send` read it.
"""

from pathlib import Path

import msgspec

from waypost.cli.output import CommandError, UnreachableError

DEV_DATA = Path("data/dev")
KEPT = "demo.json"

DEMO_APP = "1000000000000001"
"""An id for the Meta app that a demo has none of; the emulator takes any."""


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """A running pair: addresses, the demo account, and the secrets that both share.

    sender  `+` and digits
    """

    base_url: str
    emulator_url: str
    webhook_url: str
    sid: str
    api_key: str
    sender: str
    phone_number_id: str
    waba_id: str
    access_token: str
    app_secret: str
    verify_token: str
    operator_token: str


def write_ready(path: Path, ready: Ready) -> None:
    """Writes the file so that a reader sees all of it or none; only its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.draft")
    draft.touch(mode=0o600)
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(ready)) + b"\n")
    draft.replace(path)


def read_ready(path: Path) -> Ready | None:
    """What the file says; None if there is none. Raises CommandError if it cannot be used."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Ready)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise CommandError(
            f"{path} cannot be used: {error}. Remove it; `waypost dev` writes it anew."
        ) from None


def require_ready(file: Path | None) -> Ready:
    """The running pair of `file`, else of the default data folder. Raises UnreachableError."""
    path = DEV_DATA / KEPT if file is None else file
    ready = read_ready(path)
    if ready is None:
        raise UnreachableError(f"There is no {path}: start `waypost dev` first, in this folder.")
    return ready
