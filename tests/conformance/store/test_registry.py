"""The registry: the newest version is in force, the older ones stay."""

from dataclasses import replace
from datetime import timedelta

from contracts.party import Agreement, Registry
from gateway.store.database import SqlStore
from tests.builders import AKIMAT, COURT, NOON, party, registry
from tests.conformance.store.conftest import SecondLook


async def test_before_the_first_version_there_is_nothing(store: SqlStore):
    assert await store.load_registry() == Registry(0, (), (), ())
    assert await store.registry_version() == 0


async def test_a_registry_comes_back_as_it_was_applied(store: SqlStore):
    whole = replace(
        registry(replace(party(AKIMAT), certificates=(b"old", b"new")), party(COURT)),
        agreements=(Agreement(AKIMAT, first_wait=timedelta(milliseconds=50)),),
    )
    assert await store.apply_registry(whole, by="op", at=NOON) == 1
    assert await store.load_registry() == replace(whole, version=1)


async def test_a_new_version_replaces_the_whole_and_the_old_one_stays(store: SqlStore, look: SecondLook):
    await store.apply_registry(registry(party(AKIMAT), party(COURT)), by="op", at=NOON)
    assert await store.apply_registry(registry(party(AKIMAT)), by="op", at=NOON) == 2
    assert [one.party_id for one in (await store.load_registry()).parties] == [AKIMAT]
    assert await store.registry_version() == 2
    assert look.count("parties") == 3
    assert [row["subject"] for row in look.rows("audit_log")] == ["1", "2"]


async def test_a_party_keeps_every_certificate_it_ever_had_also_after_it_left(store: SqlStore):
    old = replace(party(AKIMAT), certificates=(b"first", b"second"))
    new = replace(party(AKIMAT), certificates=(b"third", b"second"))
    for version in (registry(old, party(COURT)), registry(new, party(COURT)), registry(party(COURT))):
        await store.apply_registry(version, by="op", at=NOON)

    (akimat,) = await store.parties_ever([AKIMAT])

    assert akimat == replace(new, certificates=(b"third", b"second", b"first"))
    assert await store.parties_ever(["nobody"]) == ()
