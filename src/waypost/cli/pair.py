"""A gateway in this process beside an emulator in its own: started, introduced, stopped.

The gateway comes first and goes first: its data folder's lock keeps a second pair from
touching the demo account, and what it still sends at its end finds the emulator alive.
"""

import asyncio
import fcntl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from waypost.assembly import Gateway
from waypost.cli.calling import OK, Caller, calling
from waypost.cli.demo_account import DemoSender, find_demo_account
from waypost.cli.emulator import EmulatorProcess, emulator_process
from waypost.cli.following import bring_ahead, follow, read_ahead
from waypost.cli.output import UnreachableError
from waypost.cli.ready import DEMO_APP, KEPT, Ready, read_ready, write_ready
from waypost.cli.settings import load
from waypost.model.errors import StoreBusyError
from waypost.runtime.clock import Clock, FollowingClock, SystemClock
from waypost.runtime.config import Config
from waypost.runtime.entropy import Entropy, SystemEntropy
from waypost.runtime.listening import AddressInUseError, choose_port, url_of
from waypost.serve import run_gateway

PORT_WAIT_S = 3.0
"""How long the emulator of a gateway that was killed may take to go."""

LOCK = "gateway.lock"
"""Which a gateway holds in its folder while it runs."""

STATE = "emulator.sqlite"
"""Where the emulator keeps what it holds, so that a restart forgets nothing."""

LIMITS = "throughput,portfolio,management,templates,windows"
"""What the emulator keeps: all but the pair rate and the caps, for one phone gets it all here."""

LOOK_EVERY_S = 0.05
TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for; 0 is any free port."""

    host: str
    port: int
    emulator_port: int
    data: Path
    config_file: Path | None
    ready_file: Path | None
    status_delays: str | None


@dataclass(frozen=True, slots=True)
class Secrets:
    """What gateway and emulator must agree on."""

    access_token: str
    app_secret: str
    verify_token: str
    operator_token: str

    def for_emulator(self) -> Mapping[str, str]:
        """As the emulator's environment has them."""
        return {
            "META_EMULATOR_ACCESS_TOKEN": self.access_token,
            "META_EMULATOR_APP_SECRET": self.app_secret,
            "META_EMULATOR_VERIFY_TOKEN": self.verify_token,
        }


async def run_pair(plan: Plan, present: Callable[[Ready], None]) -> None:
    """Runs both until SIGTERM or SIGINT.

    present  called once both answer and the demo account stands

    Raises EmulatorEndedError, UnreachableError, AddressInUseError, ConfigError, StoreError; some
    within an ExceptionGroup.
    """
    clock = SystemClock()
    kept = read_ready(plan.data / KEPT)
    secrets = choose_secrets(load({}, plan.config_file).config, kept, SystemEntropy())
    config = configure(plan, secrets, 0)  # a setting that is wrong is refused before all else
    port = choose_port(plan.host, plan.port)
    emulator_port = await wait_for_port(plan.host, plan.emulator_port, clock)
    config = configure(plan, secrets, port, url_of(plan.host, emulator_port))
    plan.data.mkdir(parents=True, exist_ok=True)
    refuse_second(plan.data)
    options = {
        "host": plan.host,
        "port": str(emulator_port),
        "webhook-url": f"{url_of(plan.host, port)}/webhooks/meta",
        "state": str(plan.data / STATE),
        "limits": LIMITS,
    }
    if plan.status_delays is not None:
        options["status-delays"] = plan.status_delays
    async with (
        emulator_process(plan.data, options, secrets.for_emulator(), clock) as emulator,
        calling() as caller,
    ):
        shared = FollowingClock(read_ahead(plan.data))
        await bring_ahead(caller, config.meta_base_url, shared.ahead_s)
        standing: asyncio.Future[Gateway] = asyncio.get_running_loop().create_future()

        async def introduce() -> None:
            gateway = await standing
            ready = await make_ready(gateway, emulator, secrets, kept)
            await check(caller, ready)
            following = follow(shared, gateway.workers, caller, ready.emulator_url, plan.data)
            await following.join()
            write_ready(plan.data / KEPT, ready)
            present(ready)
            if plan.ready_file is not None:
                write_ready(plan.ready_file, ready)
            await following.run()

        async with asyncio.TaskGroup() as group:
            beside = [group.create_task(emulator.watch()), group.create_task(introduce())]
            await run_gateway(config, ready=standing.set_result, clock=shared)
            for task in beside:
                task.cancel()


def refuse_second(folder: Path) -> None:
    """Raises StoreBusyError where a gateway runs: else its emulator's file would be missed first.

    The gateway itself takes the lock for good, and says the same if another was faster.
    """
    with (folder / LOCK).open("a", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreBusyError(
                f"Another gateway is running on {folder}. Stop it, or name another --data"
                " directory."
            ) from None


def choose_secrets(given: Config, kept: Ready | None, entropy: Entropy) -> Secrets:
    """Those that are set; else those of an earlier start, so that its clients go on; else new."""

    def new() -> str:
        return entropy.token_hex(TOKEN_BYTES)

    return Secrets(
        access_token=kept.access_token if kept else new(),
        app_secret=given.meta_app_secret or (kept.app_secret if kept else new()),
        verify_token=given.meta_verify_token or (kept.verify_token if kept else new()),
        operator_token=given.operator_token or (kept.operator_token if kept else new()),
    )


def configure(plan: Plan, secrets: Secrets, port: int, emulator_url: str | None = None) -> Config:
    """The gateway's configuration: what makes it a demo is fixed, the rest may be set as ever.

    Raises ConfigError.
    """
    flags = {
        "host": plan.host,
        "port": port,
        "data_dir": plan.data,
        "public_url": "",
        "meta_base_url": emulator_url,
        "meta_app_secret": secrets.app_secret,
        "meta_verify_token": secrets.verify_token,
        "operator_token": secrets.operator_token,
        "callback_private_addresses": True,
    }
    config = load(flags, plan.config_file).config
    return replace(config, meta_app_id=config.meta_app_id or DEMO_APP)


async def wait_for_port(host: str, port: int, clock: Clock) -> int:
    """The port, once it is free; raises AddressInUseError if it stays taken.

    The emulator of a gateway that was killed goes by itself, a moment later.
    """
    end = clock.monotonic() + PORT_WAIT_S
    while True:
        try:
            return choose_port(host, port)
        except AddressInUseError as error:
            if clock.monotonic() > end:
                sentence = str(error).replace("--port", "--emulator-port")
                raise AddressInUseError(sentence) from None
        await clock.sleep(LOOK_EVERY_S)


async def make_ready(
    gateway: Gateway, emulator: EmulatorProcess, secrets: Secrets, kept: Ready | None
) -> Ready:
    """The demo account on the running gateway, and all that its clients must know."""
    facts = emulator.facts
    emulator_url = gateway.config.meta_base_url
    sender = DemoSender(
        sender_id=facts["display_phone_number"],
        phone_number_id=facts["phone_number_id"],
        waba_id=facts["waba_id"],
        access_token=secrets.access_token,
        throughput=gateway.config.sender_throughput,
        callback_url=f"{emulator_url}/_emulator/inbox",
    )
    sid, key = await find_demo_account(gateway.registrar, kept, sender, gateway.config.currency)
    await gateway.tools.synchronizer.sync_account(sid)
    return Ready(
        base_url=gateway.base_url,
        emulator_url=emulator_url,
        webhook_url=f"{gateway.base_url}/webhooks/meta",
        sid=sid,
        api_key=key,
        sender=f"+{sender.sender_id}",
        phone_number_id=sender.phone_number_id,
        waba_id=sender.waba_id,
        access_token=secrets.access_token,
        app_secret=secrets.app_secret,
        verify_token=secrets.verify_token,
        operator_token=secrets.operator_token,
    )


async def check(caller: Caller, ready: Ready) -> None:
    """Asks both for their health, and lets the emulator verify the webhook's address as Meta does.

    Raises UnreachableError.
    """
    await caller.get(f"{ready.base_url}/health/ready")
    await caller.get(f"{ready.emulator_url}/_emulator/health")
    answer = await caller.post(f"{ready.emulator_url}/_emulator/handshake", {}, b"{}")
    (verdict,) = msgspec.json.decode(answer.body)["data"]
    if answer.status != OK or not verdict["verified"]:
        raise UnreachableError(f"{ready.webhook_url} was not verified: {verdict['reason']}.")
