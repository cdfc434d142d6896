"""When there is no room: refused unread, cheaply, with a time to come again; those who speak go on. Real sockets."""

import asyncio
import hashlib
import threading
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from contracts.codes import Code
from contracts.operations import Service
from contracts.payloads import PART_BYTES, PutDocument
from gateway.http.load_shedder import IntakeClosed, IntakeConditions, LoadShedder
from gateway.http.pressure import Allowance, IntakeGate, ShedCause
from gateway.ports.documents import UploadQuota
from gateway.ports.store import CheckStore, StoreLoad
from gateway.store.engine.connect import reading_engine
from gateway.store.engine.errors import StoreUnavailable
from gateway.store.tables import refusals
from tests.worlds.exchange.world import AKIMAT, PLATFORM, an_appeal

pytestmark = pytest.mark.databases

PATIENCE_S = 30.0
HEADER = b"POST /soap/v1/appeals HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n%s\r\n"


@asynccontextmanager
async def a_connection(world):
    reader, writer = await asyncio.open_connection("127.0.0.1", int(world.url.rpartition(":")[2]))
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def head_of_answer(reader) -> bytes:
    async with asyncio.timeout(PATIENCE_S):
        return await reader.readuntil(b"\r\n\r\n")


def narrow(gate: IntakeGate, **limits: object) -> None:
    gate.limits = replace(gate.limits, **limits)


def refusals_of(world) -> int:
    engine = reading_engine(world.database_url, connections=1)
    with engine.begin() as connection:
        count = connection.execute(select(func.count()).select_from(refusals)).scalar_one()
    engine.dispose()
    return count


async def test_a_message_that_finds_no_room_is_refused_before_its_body_has_come(world):
    narrow(world.gate, body_bytes=4_000_000)
    async with a_connection(world) as (reader, writer):
        writer.write(HEADER % (5_000_000, b""))  # and nothing more

        head = await head_of_answer(reader)

    assert head.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nRetry-After: 5\r\n" in head


async def test_a_sender_that_asks_first_is_told_without_sending_its_body(world):
    world.gate.close(ShedCause.DISK, "3 MiB free")
    async with a_connection(world) as (reader, writer):
        writer.write(HEADER % (5_000_000, b"Expect: 100-continue\r\n"))

        assert (await head_of_answer(reader)).startswith(b"HTTP/1.1 503 ")

    world.gate.open(ShedCause.DISK)
    async with a_connection(world) as (reader, writer):
        writer.write(HEADER % (5_000_000, b"Expect: 100-continue\r\n"))

        assert (await head_of_answer(reader)).startswith(b"HTTP/1.1 100 ")


async def test_the_refusal_says_what_to_do_and_when_and_the_same_message_is_taken_later(world):
    envelope = world.envelope(PLATFORM, an_appeal(world.clock))
    world.gate.close(ShedCause.STORE, "away")

    busy = await world.post(Service.APPEALS, envelope)
    world.gate.open(ShedCause.STORE)
    taken = await world.post(Service.APPEALS, envelope)

    assert (busy.status, busy.fault.code, busy.fault.retry_after_s) == (503, Code.SERVER_BUSY, 10)
    assert (busy.headers["Retry-After"], taken.status) == ("10", 200)


async def test_a_party_that_sends_too_much_at_once_is_told_so_while_another_is_served(world):
    narrow(world.gate, party_requests=1)
    with world.gate.enter(0) as place:
        place.belongs_to(PLATFORM)

        excess = await world.call(Service.APPEALS, PLATFORM, an_appeal(world.clock))
        other = await world.call(Service.APPEALS, AKIMAT, an_appeal(world.clock))

    assert (excess.status, excess.fault.code) == (429, Code.SERVER_BUSY)
    assert other.fault.code is Code.NOT_PERMITTED  # it was read and judged


async def test_bodies_that_drip_never_shut_out_a_message_that_comes_whole(world):
    narrow(world.gate, requests=3, slow=timedelta(0))
    async with a_connection(world) as one, a_connection(world) as two, a_connection(world) as three:
        for _, writer in (one, two, three):
            writer.write(HEADER % (5_000, b"") + b"<")
            await writer.drain()
        while world.gate.in_hand < 3:  # noqa: ASYNC110 - the sockets' bytes are on their way to the same loop
            await asyncio.sleep(0)

        taken = await world.call(Service.APPEALS, PLATFORM, an_appeal(world.clock))
        let_go = await head_of_answer(one[0])

    assert taken.status == 200
    assert let_go.startswith(b"HTTP/1.1 503 ")


async def test_a_flood_of_refusals_writes_nothing_to_the_disk(world):
    world.gate.close(ShedCause.DISK, "3 MiB free")
    for _ in range(20):
        await world.call(Service.APPEALS, PLATFORM, an_appeal(world.clock))

    assert refusals_of(world) == 0
    assert world.gate.refused == {ShedCause.DISK: 20}


async def test_strangers_that_send_rubbish_all_night_do_not_fill_the_disk(world):
    world.gate._strangers = Allowance(3, timedelta(hours=1), seconds=lambda: 0.0)
    answers = [await world.post(Service.APPEALS, b"<rubbish/>") for _ in range(10)]

    assert {answer.fault.code for answer in answers} == {Code.NOT_SOAP}
    assert (refusals_of(world), world.gate.unnoted) == (3, 7)


async def test_what_meets_a_store_that_is_away_is_busy_and_no_failure(world, monkeypatch):
    async def away(*_args):
        raise StoreUnavailable("the database cannot be used now")

    with monkeypatch.context() as patch:
        patch.setattr(world.exchange.store, "write", away)
        busy = await world.call(Service.APPEALS, PLATFORM, an_appeal(world.clock))

    assert (busy.status, busy.fault.code) == (503, Code.SERVER_BUSY)


async def test_a_party_with_too_much_unfinished_is_told_to_finish_it_and_to_send_the_part_again(world):
    world.exchange.documents._quota = UploadQuota(uploads=1)
    first, second = bytes(PART_BYTES), b"the rest"
    sha256 = hashlib.sha256(first + second).hexdigest()

    def part(upload_id: str, number: int, content: bytes) -> PutDocument:
        size = len(first) + len(second)
        return PutDocument(upload_id, number, 2, size, sha256, "құжат.pdf", "application/pdf", content)

    begun = await world.call(Service.DOCUMENTS, PLATFORM, part("one", 2, second))
    refused = await world.call(Service.DOCUMENTS, PLATFORM, part("two", 2, second))
    finished = await world.call(Service.DOCUMENTS, PLATFORM, part("one", 1, first))
    taken = await world.call(Service.DOCUMENTS, PLATFORM, part("two", 2, second))

    assert (refused.status, refused.fault.code) == (500, Code.UPLOADS_UNFINISHED)
    assert (begun.status, finished.message.payload.complete, taken.status) == (200, True, 200)


# --- the load shedder -------------------------------------------------------------------------------------------------


class Dependencies:
    """A store and a disk as they may be."""

    def __init__(self) -> None:
        self.standing = StoreLoad(0, timedelta(0))
        self.trouble: Exception | None = None
        self.silent = asyncio.Event()
        self.silent.set()
        self.calls = 0
        self.free_bytes = 10_000

    def load(self) -> StoreLoad:
        return self.standing

    async def run(self, _: CheckStore) -> str:
        self.calls += 1
        await self.silent.wait()
        if self.trouble:
            raise self.trouble
        return "here"


@pytest.fixture
def dependencies() -> Dependencies:
    return Dependencies()


@pytest.fixture
def keeper(world, dependencies, tmp_path) -> LoadShedder:
    watched = IntakeConditions(dependencies, (tmp_path,), reserve_bytes=1_000, patience=timedelta(milliseconds=50))
    return LoadShedder(world.gate, watched, free_bytes=lambda _folder: dependencies.free_bytes)


async def says(keeper: LoadShedder) -> str:
    """What ``/health/ready`` says after one look."""
    await keeper.run_once()
    try:
        return await keeper.probe()
    except IntakeClosed as closed:
        return f"closed: {closed}"


async def test_a_database_that_hangs_closes_the_intake_is_asked_once_and_opens_it_when_it_answers(keeper, dependencies):
    dependencies.silent.clear()
    assert [await says(keeper) for _ in range(3)] == ["closed: no answer for 0.05 s"] * 3
    assert dependencies.calls == 1

    dependencies.silent.set()
    assert (await says(keeper)).startswith("0 requests")


async def test_a_store_that_commits_nothing_while_callers_wait_closes_the_intake(keeper, dependencies):
    dependencies.standing = StoreLoad(17, timedelta(seconds=6))
    assert await says(keeper) == "closed: 17 callers wait, and nothing was committed for 6 s"

    dependencies.standing = StoreLoad(200, timedelta(0))
    assert (await says(keeper)).startswith("0 requests")


async def test_a_file_system_that_hangs_closes_the_intake_and_costs_one_thread(world, dependencies, tmp_path):
    answered = threading.Event()
    requested: list[Path] = []

    def free_bytes(folder: Path) -> int:
        requested.append(folder)
        answered.wait()
        return 10_000

    watched = IntakeConditions(dependencies, (tmp_path,), reserve_bytes=1_000, patience=timedelta(milliseconds=50))
    keeper = LoadShedder(world.gate, watched, free_bytes=free_bytes)
    silent = [await says(keeper) for _ in range(3)]
    answered.set()

    assert silent == [f"closed: the file system of {tmp_path} does not answer"] * 3
    assert (await says(keeper)).startswith("0 requests")
    assert len(requested) == 1


async def test_a_disk_at_its_reserve_closes_the_intake_until_there_is_a_little_more(keeper, dependencies):
    dependencies.free_bytes = 999
    assert "are kept in reserve" in await says(keeper)
    dependencies.free_bytes = 1_050
    assert "are kept in reserve" in await says(keeper)
    dependencies.free_bytes = 1_100
    assert (await says(keeper)).startswith("0 requests")
