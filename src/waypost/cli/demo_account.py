"""The demo account of `waypost dev`: made once in a data folder, found again ever after."""

from dataclasses import dataclass

from waypost.cli.ready import Ready
from waypost.directory.changes import NewAccount
from waypost.directory.credentials import hash_key
from waypost.directory.registrar import Registrar
from waypost.model.account import Account, AccountKind
from waypost.model.errors import DirectoryError
from waypost.model.sender import Sender

CREDIT_MINOR = 10_000_0000
LOW_MINOR = 1_000_0000
"""In ten-thousandths: at a cent each, a million messages, topped up again at each start."""


@dataclass(frozen=True, slots=True)
class DemoSender:
    """The emulator's business number, and where its callbacks go. `sender_id` is digits."""

    sender_id: str
    phone_number_id: str
    waba_id: str
    access_token: str
    throughput: int
    callback_url: str


async def find_demo_account(
    registrar: Registrar, kept: Ready | None, sender: DemoSender, currency: str
) -> tuple[str, str]:
    """SID and key of an account with credit and this sender.

    kept  what an earlier start wrote down; its key is used again if it still is the account's
    """
    account = await _find(registrar, kept, sender)
    if account is None:
        account = await registrar.open_account(
            NewAccount("Demo", AccountKind.PREPAID, currency=currency)
        )
    sid = account.sid
    if kept is not None and _has_key(account, kept.api_key):
        key = kept.api_key
    else:
        key = await registrar.make_key(sid)
    wallets = {one.sid: wallet for one, wallet in await registrar.accounts()}
    if wallets[sid].spendable_minor < LOW_MINOR:
        await registrar.money.top_up(sid, CREDIT_MINOR, "for the demo")
    await registrar.save_waba(sid, sender.waba_id, sender.access_token)
    await registrar.save_sender(
        sid,
        Sender(
            sender_id=sender.sender_id,
            phone_number_id=sender.phone_number_id,
            waba_id=sender.waba_id,
            access_token=sender.access_token,
            throughput=sender.throughput,
            display_name="Demo",
        ),
        sender.callback_url,
    )
    return sid, key


async def _find(registrar: Registrar, kept: Ready | None, sender: DemoSender) -> Account | None:
    """The account that was written down, else the one that has the sender."""
    if kept is not None:
        try:
            return await registrar.find(kept.sid)
        except DirectoryError:
            pass  # the database was removed, the file was not
    for one, _ in await registrar.accounts():
        account = await registrar.find(one.sid)
        if any(
            owned.phone_number_id == sender.phone_number_id for owned in account.senders.values()
        ):
            return account
    return None


def _has_key(account: Account, key: str) -> bool:
    held = account.keys.get(hash_key(key))
    return held is not None and held.revoked_at is None
