"""Acts of operators through the admin socket of an exchange that serves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from contracts.operations import Service
from contracts.payloads import Acknowledge, FetchMessages, GetHistory, WithdrawAppeal
from contracts.receipt import Receipt
from gateway.domain.delivery.acts import Act
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.retention import RetentionKind
from gateway.http.admin import Acts, admin_app
from gateway.http.orders import (
    CHECK,
    MOVED,
    SWITCH,
    BulkOrder,
    CheckOrder,
    SwitchOrder,
    order_form,
    read_order,
    read_sweep,
    sweep_form,
)
from gateway.keys.keyring import Keyring
from gateway.ports.audit import AuditQuery, RecordAccess
from gateway.ports.case import CountOld
from gateway.ports.deliveries import DeliveryPageQuery, FindDelivery, Moved, Selection
from gateway.ports.parties import ListPauses, LoadRegistryVersion, Switch
from gateway.service.retain import Sweep
from gateway.workers.cleaner import Cleaner
from tests.integration.gateway.cases.test_path_of_an_appeal import an_added_document, say
from tests.worlds.exchange.world import AKIMAT, JER, PLATFORM, World

Post = Callable[..., Any]


@pytest.fixture
async def woken() -> list[bool]:
    return []


@pytest.fixture
async def post(world: World, woken: list[bool]) -> AsyncIterator[Post]:
    """Ask through the socket; status and JSON of the answer."""
    keyring = Keyring(message=lambda: world.keys[PLATFORM], seal=lambda: world.seal)  # type: ignore[arg-type]
    retention = {RetentionKind.CASES: timedelta(days=365)}
    acts = Acts(
        world.exchange,
        keyring,
        lambda: world.exchange.store.run(LoadRegistryVersion()),
        lambda: woken.append(True),
        retention,
    )  # type: ignore[arg-type]
    async with TestClient(TestServer(admin_app(acts))) as client:

        async def requested_by(path: str, form: dict[str, Any]) -> tuple[int, Any]:
            answer = await client.post(path, json=form)
            return answer.status, await answer.json()

        yield requested_by


def order_of(act: Act, of: tuple[int, ...] | Selection, reason: str) -> BulkOrder:
    if isinstance(of, Selection):
        return BulkOrder(act, "aigul", reason, selection=of)
    return BulkOrder(act, "aigul", reason, ids=of)


async def moved(post: Post, act: Act, of: tuple[int, ...] | Selection) -> Moved:
    status, form = await post("/deliveries/act", order_form(order_of(act, of, "they asked for it")))
    assert status == 200, form
    return MOVED.read(form)


async def test_a_delivery_is_parked_released_and_delivered(world, post, woken):
    await world.register()
    (*_, first) = await world.exchange.store.run(DeliveryPageQuery())
    assert (await moved(post, Act.PARK, (first.delivery_id,))).moved == (first.delivery_id,)
    await world.settle()
    row = await world.exchange.store.run(FindDelivery(first.recipient, first.message_id))
    assert row.state is DeliveryState.PARKED
    await moved(post, Act.RELEASE, Selection(recipient=first.recipient))
    assert woken
    await world.settle()
    row = await world.exchange.store.run(FindDelivery(first.recipient, first.message_id))
    assert row.state is DeliveryState.ACKNOWLEDGED


@pytest.mark.databases
async def test_when_one_is_cancelled_the_next_of_its_pair_goes_on(world, post):
    conversation_id, _ = await world.register()
    first = (await world.exchange.store.run(DeliveryPageQuery(recipient=AKIMAT)))[0]
    await moved(post, Act.PARK, (first.delivery_id,))
    added = an_added_document(await world.upload(PLATFORM, b"more"))
    await say(world, Service.APPEALS, PLATFORM, added, conversation_id)
    await world.settle()
    assert [row.state for row in await world.exchange.store.run(DeliveryPageQuery(recipient=AKIMAT))] == [
        "pending",
        "parked",
    ]
    await moved(post, Act.CANCEL, (first.delivery_id,))
    await world.settle()
    assert [row.state for row in await world.exchange.store.run(DeliveryPageQuery(recipient=AKIMAT))] == [
        "acknowledged",
        "cancelled",
    ]


@pytest.mark.parametrize(
    "spoilt",
    [
        {"act": "explode"},
        {"by": " "},
        {"reason": ""},
        {"ids": []},
        {"ids": ["seven"]},
        {"selection": {"recipient": None, "state": "odd", "appeal": None, "action": None, "created_before": None}},
    ],
)
async def test_what_is_no_order_is_refused_and_says_why(world, post, spoilt):
    form = order_form(order_of(Act.CANCEL, (1,), "why"))
    status, reported = await post("/deliveries/act", {**form, **spoilt})
    assert status == 422
    assert "not an order" in reported["error"]


def test_an_order_reads_as_it_was_written():
    for of in ((1, 2), Selection(), Selection(AKIMAT, DeliveryState.PARKED, "DL-2026-0000000001")):
        order = replace(order_of(Act.PARK, of, "why"), after=7)
        assert read_order(order_form(order)) == order
    sweep = Sweep({RetentionKind.REFUSALS: timedelta(days=1)}, "aigul", "why", done={RetentionKind.CASES})
    assert read_sweep(sweep_form(sweep), sweep.retention) == sweep


@pytest.mark.databases
async def test_a_case_that_is_over_is_erased_and_whoever_writes_to_it_is_told(world, post):
    conversation_id, number = await world.register(subject="LAND-LEASE")
    await say(world, Service.APPEALS, PLATFORM, WithdrawAppeal("шағым қайтарылды", None), conversation_id)
    await world.settle()
    while items := (await world.call(Service.AGENCY, JER, FetchMessages(10))).message.payload.items:
        rows = [await world.exchange.store.run(FindDelivery(JER, item.message_id)) for item in items]
        await _acknowledge(world, rows)
    world.clock.advance(days=400)
    form = sweep_form(Sweep({}, "aigul", "the year is over"))
    counted = 0
    while True:
        status, reported = await post("/retention/step", form)
        assert status == 200
        if reported["erased"] is None:
            break
        counted += reported["erased"]["count"]
        form = {name: reported[name] for name in form}
    assert counted == 1
    added = an_added_document(await world.upload(PLATFORM, b"too late"))
    fault = (await world.call(Service.APPEALS, PLATFORM, added, conversation_id=conversation_id)).fault
    assert fault.code == "WrongState"
    history = (await world.call(Service.APPEALS, PLATFORM, GetHistory(number))).message.payload
    assert history.appeal_number == number  # what happened and when is still told


async def _acknowledge(world: World, rows: list[Any]) -> None:
    signals = tuple(Receipt(row.message_id, row.digest, world.clock.now()) for row in rows)
    await world.call(Service.AGENCY, JER, Acknowledge(signals))


# --- the cleaner ----------------------------------------------------------------------------------------------------


@pytest.mark.databases
async def test_the_cleaner_erases_in_steps_and_rests_when_a_pass_is_over(world):
    exchange = world.exchange
    for number in range(3):
        await exchange.store.run(RecordAccess(AKIMAT, "history", str(number), world.clock.now()))
    unfinished = await _half_an_upload(world)
    world.clock.advance(days=40)
    cleaner = Cleaner(exchange, {RetentionKind.ACCESSES: timedelta(days=30)}, unfinished=timedelta(days=7))
    steps = 0
    while await cleaner.run_once():
        steps += 1
    assert steps > 1
    assert await exchange.store.run(CountOld(RetentionKind.ACCESSES, world.clock.now())) == 0
    assert not any(unfinished.rglob("*"))
    assert await cleaner.run_once() in {0, 1}  # the next pass looks again
    assert await cleaner.run_once() == 0


async def _half_an_upload(world: World) -> Path:
    """One part of two, on the disk; returns the folder of parts."""
    minted = world.exchange.ids.document_id()
    await world.exchange.documents.put_part(
        owner=PLATFORM, upload_id="u", part=1, parts=2, size=9, sha256="ab" * 32, file_name="a.pdf",
        media_type="application/pdf", content=b"half", document_id=minted, at=world.clock.now(),
    )  # fmt: skip
    (folder,) = [path for path in world.folder.rglob("uploads") if any(path.rglob("*"))]
    return folder


async def test_a_party_is_paused_through_the_socket_and_resumed_which_wakes_the_loops(world, post, woken):
    pause = SwitchOrder(Switch.PAUSE, AKIMAT, "aigul", "they move")
    assert await post("/parties/switch", SWITCH.written(pause)) == (200, {"against": None})
    await world.register()
    await world.settle()
    (row,) = await world.exchange.store.run(DeliveryPageQuery(recipient=AKIMAT))
    assert row.state is DeliveryState.PENDING
    assert (await post("/parties/switch", SWITCH.written(pause)))[1]["against"].startswith("it is paused already")
    assert len(woken) == 1
    resume = replace(pause, switch=Switch.RESUME, reason="they have moved")
    assert await post("/parties/switch", SWITCH.written(resume)) == (200, {"against": None})
    assert len(woken) == 2
    await world.settle()
    (row,) = await world.exchange.store.run(DeliveryPageQuery(recipient=AKIMAT))
    assert row.state is DeliveryState.ACKNOWLEDGED


@pytest.mark.parametrize("changes", [{"switch": "erase"}, {"by": " "}, {"reason": ""}, {"party_id": None}])
async def test_what_is_no_order_about_a_party_is_refused_and_changes_nothing(world, post, changes):
    form: dict[str, Any] = {"switch": "pause", "party_id": AKIMAT, "by": "aigul", "reason": "x"} | changes
    status, reported = await post("/parties/switch", {key: value for key, value in form.items() if value is not None})
    assert status == 422
    assert reported["error"].startswith("not an order")
    assert await world.exchange.store.run(ListPauses()) == ()


@pytest.mark.databases
async def test_a_check_of_the_ledger_beside_the_exchange_is_in_its_audit_log(post, world: World):
    checked = [CheckOrder("root", 9, 0, continues=True), CheckOrder("root", 9, 2, continues=True)]
    checked.append(CheckOrder("root", 9, 0, continues=False))
    for order in checked:
        assert await post("/ledger/checked", CHECK.written(order)) == (200, {"result": order.result})
    assert (await post("/ledger/checked", {"by": " ", "leaves": 9, "findings": 0, "continues": True}))[0] == 422
    acts = await world.exchange.store.run(AuditQuery(act="ledger.checked"))
    assert [(one.by, one.subject, one.result) for one in reversed(acts)] == [
        ("root", "9 leaves", "holds"),
        ("root", "9 leaves", "broken: 2 rows are not as they were recorded"),
        ("root", "9 leaves", "broken: it does not continue the head that was kept"),
    ]
