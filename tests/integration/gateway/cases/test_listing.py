"""The lister: what happened is listed soon, what was there before it little by little, and nothing stops it."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update

from contracts.identifiers import make_iin
from contracts.operations import Service
from contracts.payloads import Representative
from dossier.case.appeal import Status
from gateway.domain.people.persons import PersonKey
from gateway.ports.appeals import AppealQuery, FindConversationsOfPerson, LoadPersonsKey
from gateway.store.engine.connect import writing_engine
from gateway.store.tables import appeal_persons, events, listed_appeals
from gateway.workers import appeal_projection as module
from gateway.workers.appeal_projection import AppealProjection
from tests.worlds.exchange.world import PLATFORM, World, an_appeal

pytestmark = pytest.mark.databases

KEY = PersonKey(b"k" * 32)
IIN = "900101300017"


async def rows(world: World) -> list[tuple[str, Status | None]]:
    return [(row.appeal_number, row.status) for row in await world.exchange.store.run(AppealQuery())]


async def run(appeal_projection: AppealProjection) -> None:
    while await appeal_projection.run_once():
        pass


def spoil(world: World, *statements) -> None:
    """By somebody with the database in hand."""
    engine = writing_engine(world.database_url, connections=1)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)
    engine.dispose()


async def test_an_appeal_is_listed_as_it_goes_on(world: World):
    appeal_projection = AppealProjection(world.exchange, KEY)
    _, number = await world.register()
    await run(appeal_projection)
    assert await rows(world) == [(number, Status.WITH_BODY)]
    assert await appeal_projection.run_once() == 0


async def test_cases_that_were_there_before_the_lists_are_listed_by_the_walk(world: World):
    numbers = {(await world.register())[1] for _ in range(3)}
    await run(AppealProjection(world.exchange, KEY))
    spoil(world, delete(appeal_persons), delete(listed_appeals))
    assert await rows(world) == []

    await run(AppealProjection(world.exchange, KEY))  # the leaves are followed already: only the walk finds them
    assert {number for number, _ in await rows(world)} == numbers
    assert len(await world.exchange.store.run(FindConversationsOfPerson(KEY.digest(IIN)))) == 3


async def test_another_key_replaces_every_digest(world: World):
    await world.register()
    await run(AppealProjection(world.exchange, KEY))
    other = PersonKey(b"o" * 32)
    await run(AppealProjection(world.exchange, other))
    store = world.exchange.store
    assert await store.run(LoadPersonsKey()) == other.name
    assert await store.run(FindConversationsOfPerson(KEY.digest(IIN))) == ()
    assert len(await store.run(FindConversationsOfPerson(other.digest(IIN)))) == 1


async def test_who_acts_for_an_applicant_is_found_too(world: World):
    their_iin = make_iin("850505", century_and_sex=3, serial=1)
    representative = Representative(their_iin, "Серіков Асқар Болатұлы", "сенімхат № 5")
    conversation_id, _ = await world.register(representative=representative)
    await run(AppealProjection(world.exchange, KEY))
    for number in (IIN, their_iin):
        assert await world.exchange.store.run(FindConversationsOfPerson(KEY.digest(number))) == (conversation_id,)


async def test_a_history_that_cannot_be_read_holds_up_no_other(world: World):
    broken, _ = await world.register()
    _, number = await world.register()
    spoil(world, update(events).where(events.c.conversation_id == broken, events.c.seq == 1).values(content=b"{}"))
    await run(AppealProjection(world.exchange, KEY))
    assert [one for one, _ in await rows(world)] == [number]


async def test_many_that_moved_at_once_are_listed_some_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "AT_ONCE", 2)
    appeal_projection = AppealProjection(world.exchange, None)
    for _ in range(5):
        await world.call(Service.APPEALS, PLATFORM, an_appeal(world.clock))
    done = [await appeal_projection.run_once() for _ in range(4)]
    assert done == [2, 2, 1, 0]
    assert await world.exchange.store.run(LoadPersonsKey()) is None
