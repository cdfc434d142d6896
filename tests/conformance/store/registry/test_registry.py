"""The registry: the newest version is in force, the older ones stay."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from contracts.party import Agreement, BodyLevel, PartyRole, Registry, Route
from gateway.ports.parties import ApplyRegistry, FindPartiesEver, LoadRegistry, LoadRegistryVersion
from gateway.store.database import SqlStore
from gateway.store.engine.errors import StoreError
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import AKIMAT, COURT, JER, NOON, party, registry


async def test_before_the_first_version_there_is_nothing(store: SqlStore):
    assert await store.run(LoadRegistry()) == Registry(0, (), (), ())
    assert await store.run(LoadRegistryVersion()) == 0


async def test_a_registry_comes_back_as_it_was_applied(store: SqlStore):
    whole = replace(
        registry(replace(party(AKIMAT), certificates=(b"old", b"new")), party(COURT)),
        agreements=(Agreement(AKIMAT, first_wait=timedelta(milliseconds=50)),),
    )
    assert await store.run(ApplyRegistry(whole, by="op", at=NOON)) == 1
    assert await store.run(LoadRegistry()) == replace(whole, version=1)


async def test_a_new_version_replaces_the_whole_and_the_old_one_stays(store: SqlStore, look: SecondConnection):
    await store.run(ApplyRegistry(registry(party(AKIMAT), party(COURT)), by="op", at=NOON))
    assert await store.run(ApplyRegistry(registry(party(AKIMAT)), by="op", at=NOON)) == 2
    assert [one.party_id for one in (await store.run(LoadRegistry())).parties] == [AKIMAT]
    assert await store.run(LoadRegistryVersion()) == 2
    assert look.count("parties") == 3
    assert [row["subject"] for row in look.rows("audit_log")] == ["1", "2"]


@pytest.mark.databases
async def test_a_party_keeps_every_certificate_it_ever_had_also_after_it_left(store: SqlStore):
    old = replace(party(AKIMAT), certificates=(b"first", b"second"))
    new = replace(party(AKIMAT), certificates=(b"third", b"second"))
    for version in (registry(old, party(COURT)), registry(new, party(COURT)), registry(party(COURT))):
        await store.run(ApplyRegistry(version, by="op", at=NOON))

    (akimat,) = await store.run(FindPartiesEver([AKIMAT]))

    assert akimat == replace(new, certificates=(b"third", b"second", b"first"))
    assert await store.run(FindPartiesEver(["nobody"])) == ()


async def test_levels_places_higher_bodies_and_the_duty_body_come_back(store: SqlStore):
    whole = registry(party(AKIMAT), party(JER, higher=AKIMAT, kato="750000000"))
    routes = (
        Route(PartyRole.AGENCY, "LAND", "75", JER, BodyLevel.DISTRICT),
        Route(PartyRole.AGENCY, "*", "75", AKIMAT),
    )
    await store.run(ApplyRegistry(replace(whole, routes=routes, duty_body=AKIMAT), by="op", at=NOON))
    assert await store.run(LoadRegistry()) == replace(whole, version=1, routes=routes, duty_body=AKIMAT)


@pytest.mark.databases
async def test_a_version_that_the_former_release_applied_has_the_defaults(store: SqlStore):
    await store.run(ApplyRegistry(registry(party(AKIMAT)), by="op", at=NOON))
    await store.write(as_the_former_release_writes, "2")

    found = await store.run(LoadRegistry())
    assert (found.version, found.duty_body) == (2, None)
    assert [(one.party_id, one.higher, one.kato) for one in found.parties] == [(AKIMAT, None, None)]
    assert [(route.level, route.stands_at) for route in found.routes] == [(None, BodyLevel.REGION)]


def as_the_former_release_writes(connection: Connection, jobs: Sequence[str]) -> list[None]:
    """Naming only the columns that it knows."""
    for version in jobs:
        columns = "version, party_id, role, bin, name_kk, name_ru, name_en, channel, endpoint"
        values = f"{version}, party_id, role, bin, name_kk, name_ru, name_en, channel, endpoint"
        route = "version, position, role, subject, kato, party_id"
        for statement in (
            f"INSERT INTO registry_versions (version, applied_at, applied_by) VALUES ({version}, 1, 'op')",
            f"INSERT INTO parties ({columns}) SELECT {values} FROM parties WHERE version = 1",
            f"INSERT INTO routes ({route}) VALUES ({version}, 0, 'agency', 'LAND', '75', '{AKIMAT}')",
        ):
            connection.execute(text(statement))
    return [None] * len(jobs)


@pytest.mark.databases
async def test_a_level_that_does_not_exist_is_refused_by_the_database_too(store: SqlStore):
    await store.run(ApplyRegistry(registry(party(AKIMAT)), by="op", at=NOON))
    with pytest.raises(StoreError):
        await store.write(level_of_no_kind, "1")


def level_of_no_kind(connection: Connection, jobs: Sequence[str]) -> list[None]:
    connection.execute(text("UPDATE routes SET level = 'city'"))
    return [None] * len(jobs)
