import asyncio
import socket

import pytest

from edge.bootstrap.web.listener import listen


def test_parts_of_an_answer_are_sent_at_once() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert asyncio.run(_accepted_without_delay(listener))


async def _accepted_without_delay(listener: socket.socket) -> bool:
    told: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted = writer.get_extra_info("socket")
        told.set_result(bool(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
        writer.close()

    async with await asyncio.start_server(greet, sock=listener):
        _, writer = await asyncio.open_connection(*listener.getsockname())
        found = await told
        writer.close()
        return found


def test_a_port_that_is_taken_is_said() -> None:
    with listen("127.0.0.1", 0) as first, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", first.getsockname()[1])
