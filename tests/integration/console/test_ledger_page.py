"""The page of the ledger: what is sealed, a record's proof that anybody checks, heads kept elsewhere, who sees what."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update

from dossier.ledger.merkle import TreeHead, read_tree_head, tree_head_bytes
from gateway.domain.people.access import UserRole
from gateway.ports.ledger import LoadLedgerStatus
from gateway.ports.people.users import AuditNote
from gateway.store.tables import leaves, tiles
from tests.integration.console.test_access import ConsoleClient, a_client
from tests.integration.console.test_proof import rows, signed_in
from tests.worlds.console.seat import Seat
from tests.worlds.sealing import seal_all, stamp_all


@pytest.fixture
async def client(seat: Seat) -> AsyncIterator[ConsoleClient]:
    async with a_client(seat) as made:
        yield made


async def sealed(seat: Seat, *, times: int = 1) -> None:
    """So many seals, a minute apart, each over something."""
    for n in range(times):
        note = AuditNote("nurlan", "party.probed", f"party-{n}", "", "reached", seat.world.clock.now())
        await seat.world.exchange.store.run(note)
        await seal_all(seat.world.exchange.store, seat.world.clock)
        seat.world.clock.advance(minutes=1)


async def taken(client: ConsoleClient, path: str) -> bytes:
    async with client.http.get(client.seat.url + path) as answer:
        assert answer.status == 200
        return await answer.read()


def prove(folder: Path) -> str:
    """What the script says that lies beside the proof."""
    command = [sys.executable, "-I", folder / "prove.py", folder]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


# --- the chain ------------------------------------------------------------------------------------------------------


async def test_before_the_first_seal_the_page_says_so(client: ConsoleClient):
    await signed_in(client, UserRole.VIEWER)
    _, text = await client.get("/ledger")
    assert "Nothing is sealed yet." in text
    assert (await client.get("/ledger/head/download"))[0] == 404


async def test_each_seal_is_told_with_its_key_its_time_stamp_and_what_it_follows_on(client: ConsoleClient):
    await sealed(client.seat)
    await stamp_all(client.seat.world.exchange.store, client.seat.world.clock)
    await sealed(client.seat)
    await signed_in(client, UserRole.VIEWER)
    _, text = await client.get("/ledger")
    newest, oldest = rows(text)
    assert "dalel seal" in newest
    assert "to come yes" in newest
    assert "test tsa" in oldest
    assert "records wait for the next seal" in text
    assert "none is on record" in text


async def test_a_long_chain_is_told_a_page_at_a_time(client: ConsoleClient):
    await sealed(client.seat, times=52)
    await signed_in(client, UserRole.VIEWER)
    _, first = await client.get("/ledger")
    assert len(rows(first)) == 50
    size = rows(first)[-1].split()[0]
    _, second = await client.get(f"/ledger?before={size}")
    assert len(rows(second)) == 2
    assert all(" yes " in row for row in rows(first) + rows(second))


async def test_the_last_check_of_everything_stands_there_with_its_result(client: ConsoleClient):
    store, now = client.seat.world.exchange.store, client.seat.world.clock.now()
    await signed_in(client, UserRole.VIEWER)
    await store.run(AuditNote("root", "ledger.checked", "9 leaves", "", "holds", now))
    assert "everything holds" in (await client.get("/ledger"))[1]
    await store.run(AuditNote("root", "ledger.checked", "9 leaves", "", "broken: 2 rows are not as recorded", now))
    _, text = await client.get("/ledger")
    assert "does not hold" in text
    assert "broken: 2 rows are not as recorded" in text


async def test_a_database_that_somebody_changed_is_told_at_the_top(client: ConsoleClient):
    store = client.seat.world.exchange.store
    await sealed(client.seat)

    def spoil(connection, jobs):
        connection.execute(update(tiles).values(hashes=b"\0" * 64))
        return [None] * len(jobs)

    await store.write(spoil, None)
    await signed_in(client, UserRole.VIEWER)
    status, text = await client.get("/ledger")
    assert status == 200
    assert "The ledger is broken: somebody changed the database." in text


# --- leaves ---------------------------------------------------------------------------------------------------------


async def test_the_proof_of_a_record_is_shown_and_checked_by_anybody_with_python_alone(
    client: ConsoleClient, tmp_path: Path
):
    await sealed(client.seat, times=3)
    await signed_in(client, UserRole.AUDITOR)
    _, text = await client.get("/ledger/leaf?record=audit_log&key=1")
    assert "It is in the signed tree, as it was recorded." in text
    assert "&#34;registry.applied&#34;" in text
    with zipfile.ZipFile(io.BytesIO(await taken(client, "/ledger/leaf/download?record=audit_log&key=1"))) as packed:
        packed.extractall(tmp_path)
    assert prove(tmp_path).startswith("the record is at position")

    (tmp_path / "leaf.json").write_bytes((tmp_path / "leaf.json").read_bytes().replace(b"applied", b"refused"))
    assert prove(tmp_path) == "leaf.json is not what the proof is of\n"


async def test_every_leaf_of_a_tree_has_a_proof_that_leads_to_its_root(client: ConsoleClient, tmp_path: Path):
    await sealed(client.seat, times=2)
    await signed_in(client, UserRole.AUDITOR)
    size = (await client.seat.world.exchange.store.run(LoadLedgerStatus())).tree_size
    assert size > 5
    for position in range(size):
        _, text = await client.get(f"/ledger/leaf?record=position&key={position}")
        assert "It is in the signed tree" in text, position


async def test_what_a_leaf_says_is_for_those_who_judge_its_proof_for_all(client: ConsoleClient):
    await sealed(client.seat)
    await signed_in(client, UserRole.OPERATOR)
    _, text = await client.get("/ledger/leaf?record=audit_log&key=1")
    assert "It is in the signed tree" in text
    assert "What the leaf says" not in text
    packed = await taken(client, "/ledger/leaf/download?record=audit_log&key=1")
    assert "leaf.json" not in zipfile.ZipFile(io.BytesIO(packed)).namelist()


async def test_a_viewer_takes_nothing_away_but_the_head(client: ConsoleClient):
    await sealed(client.seat)
    await signed_in(client, UserRole.VIEWER)
    assert (await client.get("/ledger/leaf/download?record=audit_log&key=1"))[0] == 403
    head = read_tree_head(await taken(client, "/ledger/head/download"))
    assert head.log == client.seat.world.exchange.me


@pytest.mark.parametrize(
    "query",
    ["record=audit_log&key=99", "record=moon&key=1", "record=audit_log&key=x", "record=messages&key=one", "",
     "record=position&key=-1", "record=audit_log&key=[1", "record=audit_log&key=[[]]"],
)  # fmt: skip
async def test_what_has_no_leaf_is_said_to_have_none(client: ConsoleClient, query: str):
    await signed_in(client, UserRole.VIEWER)
    status, text = await client.get(f"/ledger/leaf?{query}")
    assert status == 200
    assert "The ledger has no leaf for this record:" in text


async def test_a_record_of_several_names_is_found_by_them_in_order(client: ConsoleClient):
    seat = client.seat
    conversation_id, _ = await seat.world.register()
    await seal_all(seat.world.exchange.store, seat.world.clock)
    await signed_in(client, UserRole.VIEWER)
    _, text = await client.get(f"/ledger/leaf?record=events&key={conversation_id}%201")
    assert "It is in the signed tree" in text


async def test_a_leaf_that_was_changed_is_not_proven(client: ConsoleClient):
    await sealed(client.seat)

    def spoil(connection, jobs):
        connection.execute(update(leaves).where(leaves.c.position == 0).values(content=b"{}"))
        return [None] * len(jobs)

    await client.seat.world.exchange.store.write(spoil, None)
    await signed_in(client, UserRole.VIEWER)
    _, text = await client.get("/ledger/leaf?record=position&key=0")
    assert "not proven" in text


# --- heads kept elsewhere -------------------------------------------------------------------------------------------


async def compared(client: ConsoleClient, words: bytes) -> str:
    await client.get("/ledger")
    status, text = await client.post("/ledger/compare", head=words.decode())
    assert status == 200
    return text


async def test_a_head_that_was_kept_is_continued_or_not(client: ConsoleClient):
    await sealed(client.seat)
    await signed_in(client, UserRole.VIEWER)
    kept = await taken(client, "/ledger/head/download")
    await sealed(client.seat)
    assert "The ledger of today only added to it" in await compared(client, kept)

    head = read_tree_head(kept)
    other = tree_head_bytes(TreeHead(head.log, head.tree_size, b"\1" * 32, head.at))
    assert "does NOT continue it" in await compared(client, other)
    theirs = tree_head_bytes(TreeHead("another", head.tree_size, head.root, head.at))
    assert "This is a head of another exchange:" in await compared(client, theirs)
    assert "These words are no tree head." in await compared(client, b"<script>")
