"""Silent, slow and too many connections are let go; those who speak are served meanwhile. Real sockets, short spans."""

import asyncio
import os
import socket
import stat
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port

from gateway.http.connection_limiter import ConnectionBounds, ConnectionLimiter, mark_steps
from gateway.http.listening import for_us_alone

GET = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
SOON = timedelta(seconds=0.3)
LATE = timedelta(seconds=30)
PATIENCE_S = 10.0


@asynccontextmanager
async def a_door(*, connections: int = 10, header: timedelta = LATE, request: timedelta = LATE):
    async def hello(_request):
        return web.Response(text="hello")

    async def long(_request):
        return web.Response(body=b"x" * 50_000_000)

    async def stuck(_request):
        await asyncio.Event().wait()

    app = web.Application(middlewares=[mark_steps])
    app.router.add_get("/hello", hello)
    app.router.add_get("/long", long)
    app.router.add_get("/stuck", stuck)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    port = unused_port()
    await ConnectionLimiter(runner, "127.0.0.1", port, ConnectionBounds(connections, header, request)).start()
    opened: list[asyncio.StreamWriter] = []

    async def connect():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        opened.append(writer)
        return reader, writer

    try:
        yield connect
    finally:
        for writer in opened:
            writer.transport.abort()
        await runner.cleanup()


async def is_let_go(reader: asyncio.StreamReader) -> bool:
    """Waits for the end of the connection, however it comes; what was sent before is read away."""
    async with asyncio.timeout(PATIENCE_S):
        try:
            while await reader.read(1 << 20):
                pass
        except ConnectionError:
            pass
    return True


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    writer.write(GET)
    async with asyncio.timeout(PATIENCE_S):
        return await reader.readuntil(b"hello")


@pytest.mark.parametrize("stated", [b"", b"GET /hello HTT", b"POST /hello HTTP/1.1\r\nHost: x\r\nX-A: "])
async def test_a_peer_that_brings_no_whole_header_is_let_go(stated):
    async with a_door(header=SOON) as connect:
        reader, writer = await connect()
        writer.write(stated)

        assert await is_let_go(reader)


async def test_a_peer_that_drips_its_header_is_let_go_all_the_same():
    async with a_door(header=SOON) as connect:
        reader, writer = await connect()

        async def drip():
            writer.write(b"GET /hello HTTP/1.1\r\nHost: x\r\n")
            while not writer.is_closing():
                writer.write(b"X-A: b\r\n")
                await asyncio.sleep(0.05)  # the drip is what is tested

        dripping = asyncio.create_task(drip())
        assert await is_let_go(reader)
        dripping.cancel()
        await asyncio.gather(dripping, return_exceptions=True)


async def test_a_peer_that_falls_silent_after_an_answer_is_let_go():
    async with a_door(request=SOON) as connect:
        reader, writer = await connect()

        assert b"200 OK" in await answer(reader, writer)
        assert await is_let_go(reader)


async def test_a_peer_that_does_not_read_its_answer_is_let_go():
    async with a_door(request=SOON) as connect:
        reader, writer = await connect()
        reader._transport.pause_reading()
        writer.write(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
        answered_later, other = await connect()
        await answer(answered_later, other)
        assert await is_let_go(answered_later)  # which began to wait after the first did
        reader._transport.resume_reading()
        received = 0
        async with asyncio.timeout(PATIENCE_S):
            try:
                while chunk := await reader.read(1 << 20):
                    received += len(chunk)
            except ConnectionError:
                pass

        assert received < 50_000_000


async def test_a_handler_that_never_ends_does_not_hold_its_connection():
    async with a_door(request=SOON) as connect:
        reader, writer = await connect()
        writer.write(b"GET /stuck HTTP/1.1\r\nHost: x\r\n\r\n")

        assert await is_let_go(reader)


async def test_one_connection_serves_many_requests():
    async with a_door() as connect:
        reader, writer = await connect()

        assert [b"200 OK" in await answer(reader, writer) for _ in range(3)] == [True] * 3


async def test_silent_connections_make_room_for_one_that_speaks():
    async with a_door(connections=3) as connect:
        silent = [await connect() for _ in range(3)]
        speaks = await connect()

        assert b"200 OK" in await answer(*speaks)
        assert await is_let_go(silent[0][0])


async def test_when_all_are_served_one_more_is_turned_away():
    async with a_door(connections=1) as connect:
        _, writer = await connect()
        writer.write(b"GET /stuck HTTP/1.1\r\nHost: x\r\n\r\n")
        await writer.drain()
        for _ in range(50):  # until the request is in hand, a newcomer still takes the place of one that waits
            await asyncio.sleep(0)
        more, _ = await connect()

        assert await is_let_go(more)


def test_a_socket_is_never_open_to_others_not_even_for_a_moment(tmp_path):
    before = os.umask(0)
    try:
        with for_us_alone(), socket.socket(socket.AF_UNIX) as made:
            made.bind(str(tmp_path / "s"))
            mode = stat.S_IMODE((tmp_path / "s").stat().st_mode)
    finally:
        restored = os.umask(before)

    assert (mode & 0o077, restored) == (0, 0)
