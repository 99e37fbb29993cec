"""A row and its bytes stand or fall together, also when the upload ends between the two."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from support.media_samples import JPEG
from support.nouns import SENDER_ID
from support.pair import running
from waypost.directory.byte_keeper import ByteKeeper
from waypost.directory.media import MediaLibrary, Upload
from waypost.model.audit import GATEWAY
from waypost.runtime.objects import FolderObjects
from waypost.store.ports import Store

UPLOAD = Upload(JPEG, "image/jpeg", "shop.jpg")


@dataclass
class BreakingOff:
    """A store whose first writer goes away as soon as its item was handed over."""

    store: Store
    is_over: bool = False

    async def write(self, step: Any, item: Any) -> Any:
        if not self.is_over:
            self.is_over = True
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
        return await self.store.write(step, item)

    async def read(self, query: Any) -> Any:
        return await self.store.read(query)


def test_an_upload_that_is_broken_off_as_it_is_kept_keeps_its_bytes_too(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            keeper = ByteKeeper(BreakingOff(pair.store), FolderObjects(tmp_path / "media"))
            senses, graph = pair.gateway.senses, pair.gateway.tools.graph
            library = MediaLibrary(keeper, graph, senses.clock, senses.entropy, 30)
            account = await pair.gateway.registrar.find(pair.sid)
            upload = library.upload(account, account.senders[SENDER_ID], UPLOAD, GATEWAY)
            with pytest.raises(asyncio.CancelledError):
                await asyncio.create_task(upload)

            (medium,) = await library.list(account, 10, 0)
            assert await keeper.get(medium.object_key, medium.digest) == JPEG

    asyncio.run(body())
