"""The HTTP client over a real socket: answers, silence, and cancellation that is never lost."""

import asyncio

import pytest
from uvloop import new_event_loop

from meta_emulator.runtime.http import NetworkHttp, UnreachableError
from support.emulator_process import SocketReceiver


def test_a_post_gives_the_status_and_sends_the_bytes_as_they_are():
    async def scene(url: str) -> int:
        async with NetworkHttp() as http:
            return await http.post(url, {"x-one": "1"}, b"\x00bytes", 5)

    with SocketReceiver() as receiver:
        assert asyncio.run(scene(receiver.url)) == 200
        (heard,) = receiver.take(1)
    assert (heard.body, heard.headers["x-one"]) == (b"\x00bytes", "1")


def test_nobody_there_is_an_error_of_ours():
    async def scene() -> None:
        async with NetworkHttp() as http:
            with pytest.raises(UnreachableError):
                await http.post("http://127.0.0.1:9/", {}, b"", 5)
            with pytest.raises(UnreachableError):
                await http.get("http://127.0.0.1:9/", 5)

    asyncio.run(scene())


def test_a_cancellation_that_meets_the_answer_still_ends_the_task():
    """Without heed_cancellation about one in ten of these goes on as if nothing had happened."""

    async def scene(url: str) -> list[str]:
        async with NetworkHttp() as http:
            ends = []

            async def post() -> str:
                try:
                    await http.post(url, {}, b"{}", 5)
                except asyncio.CancelledError:
                    return "cancelled"
                task = asyncio.current_task()
                assert task is not None
                return "lost" if task.cancelling() else "done"

            async with asyncio.TaskGroup() as group:
                for number in range(600):
                    task = group.create_task(post())
                    await asyncio.sleep(number % 30 * 0.0001)
                    task.cancel()
                    await asyncio.wait({task})
                    ends.append("cancelled" if task.cancelled() else task.result())
            return ends

    with SocketReceiver() as receiver, asyncio.Runner(loop_factory=new_event_loop) as runner:
        ends = runner.run(scene(receiver.url))
    assert "cancelled" in ends
    assert "lost" not in ends
