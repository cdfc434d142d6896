"""Forms that are too large, too slow or too many: refused on a page in the reader's language, and nothing is done."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from gateway.domain.people.access import UserRole
from gateway.http.request_pools import BODY_BYTES, RequestPools, pool_limits
from gateway.ports.request_pools import Area, PoolCause
from tests.worlds.console.client import a_client
from tests.worlds.console.seat import Seat, a_seat
from tests.worlds.exchange.world import a_world

PATIENCE_S = 30.0
SOON, LATE = timedelta(milliseconds=50), timedelta(hours=1)
FORM = (
    b"POST /console/login HTTP/1.1\r\nHost: x\r\nAccept-Language: %s\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n"
)


@asynccontextmanager
async def a_shedding_seat(tmp_path, *, requests: int = 2, deadline: timedelta = LATE):
    pools = RequestPools(pool_limits(dict.fromkeys(Area, requests), deadline))
    async with a_world(tmp_path) as world, a_seat(world, pools=pools) as seat:
        yield seat, pools.pools[Area.SIGN_IN]


@asynccontextmanager
async def sent(seat: Seat, content: bytes):
    """A connection over which so much was sent, and nothing more comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(seat.url).port)
    writer.write(content)
    try:
        yield reader
    finally:
        writer.transport.abort()


async def whole_answer(reader: asyncio.StreamReader) -> tuple[str, str]:
    """Head and page."""
    async with asyncio.timeout(PATIENCE_S):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        size = next(int(line[16:]) for line in head.split("\r\n") if line.startswith("Content-Length: "))
        return head, (await reader.readexactly(size)).decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (b"kk", "Пішін уақытында толық жетпеді"),
        (b"ru", "Форма не пришла целиком вовремя"),
        (b"en", "The form did not arrive whole in time"),
    ],
)
async def test_a_form_that_does_not_come_whole_is_refused_in_the_readers_language(tmp_path, language, words):
    async with a_shedding_seat(tmp_path, deadline=SOON) as (seat, pool):
        async with sent(seat, FORM % language + b"Content-Length: 100\r\n\r\nn") as reader:
            head, page = await whole_answer(reader)

        assert head.startswith("HTTP/1.1 408 ")
        assert "\r\nRetry-After: 5\r\n" in head
        assert words in page
        assert (pool.in_hand, pool.shed) == (0, {PoolCause.DEADLINE: 1})


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_log_in_larger_than_any_is_refused_before_it_is_read_further(tmp_path, chunked):
    most = BODY_BYTES[Area.SIGN_IN]
    announced = b"Content-Length: 999999999\r\n\r\n"
    begun = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % (most + 1) + b"x" * (most + 1)
    rest = begun if chunked else announced
    async with a_shedding_seat(tmp_path) as (seat, pool):
        async with sent(seat, FORM % b"ru" + rest) as reader:
            head, page = await whole_answer(reader)

        assert head.startswith("HTTP/1.1 413 ")
        assert "Retry-After" not in head
        assert "Форма слишком велика" in page
        assert (pool.in_hand, pool.shed) == (0, {PoolCause.SIZE: 1})


async def test_one_who_drips_gives_way_to_one_who_signs_in(tmp_path):
    async with a_shedding_seat(tmp_path, requests=1) as (seat, pool):
        await seat.user("aigerim", UserRole.OPERATOR)
        async with sent(seat, FORM % b"ru" + b"Content-Length: 100\r\n\r\nn") as reader, a_client(seat) as client:
            while pool.in_hand < 1:  # noqa: ASYNC110 - the socket's bytes are on their way to the same loop
                await asyncio.sleep(0)
            signed_in = await client.sign_in("aigerim")
            head, page = await whole_answer(reader)

        assert signed_in == (303, "/console/")
        assert head.startswith("HTTP/1.1 503 ")
        assert "Сейчас запросов слишком много" in page
        assert (pool.in_hand, pool.shed) == (0, {PoolCause.DISPLACED: 1})
