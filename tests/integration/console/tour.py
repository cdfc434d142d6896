"""Every page of the console, with something on it: what axe-core judges and what ``make screens`` takes pictures of.

A section adds its pages to ``TOUR``, and to ``a_bad_day`` what they need to have something to show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from sqlalchemy import update

from contracts.codes import Code
from contracts.header import MessageId
from contracts.operations import Service
from contracts.party import PartyId
from contracts.payloads import Registered, ReportIncident, ReportProgress
from gateway.domain.access import ENROL_WITHIN, MOST_FAILURES, Role
from gateway.domain.acts import Act
from gateway.domain.delivery import DeliveryState
from gateway.domain.desk import About, Hand, number_of
from gateway.domain.poison import Cause
from gateway.domain.trace import TraceContext
from gateway.ports.desk import NoteWrite, Subject
from gateway.ports.health import KeyNow
from gateway.ports.parties import Switch
from gateway.ports.users import AddUser, AuditNote, DisableUser, Enrolment, FailedLogin
from gateway.ports.views import SaveView
from gateway.service.operate import move
from gateway.service.parties import switch
from gateway.service.signin import token_digest
from gateway.store.tables import deliveries
from gateway.workers.tally import Tally
from tests.integration.console.alarms_day import alarms_told
from tests.integration.console.appeals_day import a_case_in_court, list_all
from tests.integration.console.seat import HASH, Network, Seat, trace_all
from tests.integration.gateway.world import AKIMAT, JER, PLATFORM, World
from tests.sealing import seal_all, stamp_all

LINK: Final = "a-link-that-nobody-guesses-but-this-tour"


@dataclass(frozen=True)
class Day:
    """What happened before somebody looks. ``delivery``: a number; ``request``: the digest of its first envelope.

    ``appeal``: the number of one that is in court. ``incident``: the number of one that a party reported.
    """

    delivery: int
    request: str
    appeal: str
    incident: str


@dataclass(frozen=True)
class Stop:
    """A page. ``name``: of its picture; ``path``: below the console's address; ``role``: who looks."""

    name: str
    path: Callable[[Day], str]
    role: Role = Role.OPERATOR


TOUR: Final = (
    Stop("overview", lambda _: "/"),
    Stop("alarms", lambda _: "/alarms"),
    Stop("alarms-none", lambda _: "/alarms?kind=node_lost"),
    Stop("alarm", lambda _: "/alarms/2"),
    Stop("deliveries", lambda _: "/deliveries?state=open&order=oldest"),
    Stop("deliveries-none", lambda _: "/deliveries?number=nothing"),
    Stop("deliveries-narrow", lambda _: "/deliveries?state=waiting&action=AssignAppeal&party=akimat-almaty"),
    Stop("deliveries-find", lambda _: "/deliveries/find"),
    Stop("deliveries-act", lambda _: "/deliveries/acts?act=resend&of=all&state=open&party=akimat-almaty"),
    Stop("deliveries-views", lambda _: "/deliveries/views"),
    Stop("dead-letters", lambda _: "/dead-letters"),
    Stop("delivery", lambda day: f"/deliveries/{day.delivery}"),
    Stop("delivery-auditor", lambda day: f"/deliveries/{day.delivery}", Role.AUDITOR),
    Stop("envelope", lambda day: f"/deliveries/{day.delivery}/envelopes/{day.request}"),
    Stop("appeals", lambda _: "/appeals"),
    Stop("appeals-none", lambda _: "/appeals?number=nothing"),
    Stop("appeal", lambda day: f"/appeals/{day.appeal}"),
    Stop("appeal-auditor", lambda day: f"/appeals/{day.appeal}", Role.AUDITOR),
    Stop("appeal-words", lambda day: f"/appeals/{day.appeal}/words", Role.AUDITOR),
    Stop("appeal-dossier", lambda day: f"/appeals/{day.appeal}/dossiers/1"),
    Stop("appeals-find", lambda _: "/appeals/find", Role.SUPPORT),
    Stop("terms", lambda _: "/terms?which=open"),
    Stop("terms-missed", lambda _: "/terms?which=breached"),
    Stop("refusals", lambda _: "/refusals"),
    Stop("refusals-none", lambda _: "/refusals?sender=nobody"),
    Stop("refusal", lambda _: "/refusals/1"),
    Stop("refusal-auditor", lambda _: "/refusals/1", Role.AUDITOR),
    Stop("desk", lambda _: "/desk", Role.SUPPORT),
    Stop("found-appeal", lambda day: f"/find?number={day.appeal}", Role.SUPPORT),
    Stop("found-delivery", lambda day: f"/find?number={day.delivery}", Role.SUPPORT),
    Stop("found-code", lambda _: "/find?number=UnknownSigner", Role.SUPPORT),
    Stop("found-nothing", lambda _: "/find?number=nothing", Role.SUPPORT),
    Stop("incidents", lambda _: "/incidents", Role.SUPPORT),
    Stop("incidents-none", lambda _: "/incidents?party=nobody", Role.SUPPORT),
    Stop("incident", lambda day: f"/incidents/{day.incident}", Role.SUPPORT),
    Stop("notes", lambda _: "/notes?which=role", Role.SUPPORT),
    Stop("notes-none", lambda _: "/notes", Role.SUPPORT),
    Stop("notes-about", lambda day: f"/notes/appeal/{day.appeal}", Role.SUPPORT),
    Stop("causes", lambda _: "/causes?period=7d", Role.SUPPORT),
    Stop("causes-none", lambda _: "/causes?party=nobody", Role.SUPPORT),
    Stop("codes", lambda _: "/codes"),
    Stop("code", lambda _: "/codes/SchemaViolation"),
    Stop("reports", lambda _: "/reports"),
    Stop("reports-by-month", lambda _: "/reports?period=2026&by=month"),
    Stop("reports-none", lambda _: "/reports?period=2001"),
    Stop("report", lambda _: f"/reports/one?among=body&of={AKIMAT}"),
    Stop("report-appeals", lambda _: "/reports/appeals?figure=silent"),
    Stop("parties", lambda _: "/parties"),
    Stop("parties-none", lambda _: "/parties?words=nobody"),
    Stop("party", lambda _: f"/parties/{AKIMAT}"),
    Stop("party-paused", lambda _: f"/parties/{JER}"),
    Stop("party-ping", lambda _: f"/parties/{AKIMAT}/ping"),
    Stop("certificates", lambda _: "/parties/certificates"),
    Stop("audit", lambda _: "/audit", Role.AUDITOR),
    Stop("audit-none", lambda _: "/audit?subject=nothing", Role.AUDITOR),
    Stop("accesses", lambda _: "/accesses", Role.AUDITOR),
    Stop("accesses-appeal", lambda day: f"/accesses?about={day.appeal}&scope=all", Role.AUDITOR),
    Stop("accesses-find", lambda _: "/accesses/find", Role.AUDITOR),
    Stop("users", lambda _: "/users", Role.ADMIN),
    Stop("users-none", lambda _: "/users?since=zz", Role.ADMIN),
    Stop("user-add", lambda _: "/users/_add", Role.ADMIN),
    Stop("user", lambda _: "/users/dana", Role.ADMIN),
    Stop("me", lambda _: "/me"),
    Stop("enrol", lambda _: f"/enrol/{LINK}"),
    Stop("ledger", lambda _: "/ledger", Role.AUDITOR),
    Stop("ledger-leaf", lambda _: "/ledger/leaf?record=audit_log&key=1", Role.AUDITOR),
    Stop("ledger-leaf-none", lambda _: "/ledger/leaf?record=audit_log&key=99999"),
    Stop("ledger-compare", lambda _: "/ledger/compare"),
    Stop("health", lambda _: "/health"),
    Stop("not-found", lambda _: "/deliveries/999999"),
)


async def an_incident(world: World) -> str:
    """The akimat reports that nothing of its own is taken any more; returns the number of the incident."""
    report = ReportIncident(None, Code.UNKNOWN_SIGNER, "Жаңа кілтпен ештеңе өтпейді", "Нұрлан, +7 727 000 00 00")
    thread = (await world.call(Service.AGENCY, AKIMAT, report)).message.payload.receipt.conversation_id
    return number_of(thread)


async def a_note(world: World, appeal: str) -> None:
    """Somebody hands an appeal to the support desk."""
    text, hand = "The applicant calls again on Monday.", Hand(role=Role.SUPPORT)
    written = NoteWrite(Subject(About.APPEAL, appeal), text, "nurlan", hand, "console:nurlan", world.clock.now())
    await world.exchange.store.write_note(written)


async def a_refused_request(world: World) -> None:
    """The akimat reports without having read the contract: its number of a message is none."""
    report = ReportProgress(Registered("A-1", world.clock.now()), ())
    sent = world.envelope(AKIMAT, report, message_id=MessageId(""))
    assert (await world.post(Service.AGENCY, sent)).status == 500


async def some_users(seat: Seat) -> None:
    """One who has not enrolled yet, one whose name guesses locked, one who left."""
    store, now = seat.world.exchange.store, seat.world.clock.now()
    link = Enrolment(token_digest(LINK), now + ENROL_WITHIN)
    added = AddUser("dana", Role.SUPPORT, "", "console:nurlan", now, "began on Monday", enrolment=link)
    assert await store.change_user(added) is None
    await seat.user("saule", Role.AUDITOR)
    await lock(seat, "saule")
    await seat.user("timur", Role.VIEWER)
    assert await store.change_user(DisableUser("timur", "left on Friday", "console:nurlan", now)) is None


async def lock(seat: Seat, name: str) -> None:
    """By guesses."""
    store, now = seat.world.exchange.store, seat.world.clock.now()
    user = await store.user_named(name)
    assert user is not None
    for _ in range(MOST_FAILURES):
        await store.fail_login(FailedLogin(user.user_id, "wrong password", "10.0.0.9", now))


async def a_bad_day(seat: Seat) -> Day:
    """Appeals that an akimat does not take; one of them is set aside, another sent once more."""
    world = seat.world
    trace_all(world, TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", sampled=False))
    in_court = await a_case_in_court(world)
    world.relay._connector = Network(world)
    for _ in range(9):
        await world.register()
        await world.settle()
        world.clock.advance(minutes=7)
    await world.settle()
    store = world.exchange.store
    waiting = await store.deliveries(recipient=AKIMAT, state=DeliveryState.RETRY_SCHEDULED)
    aside, again = waiting[1].delivery_id, waiting[-1].delivery_id
    await move(world.exchange, Act.PARK, (aside,), by="console:nurlan", reason="the akimat asks to wait")
    await move(world.exchange, Act.RESEND, (again,), by="console:nurlan", reason="they say they are back")
    world.clock.advance(minutes=1)
    await world.settle()
    await switch(world.exchange, Switch.PAUSE, JER, by="console:nurlan", reason="the ministry moves house until Monday")
    await looks(world, in_court.number)
    whole = await store.whole_delivery(again)
    assert whole is not None
    await a_refused_request(world)
    await _leave_some(seat, dead=waiting[2].delivery_id)
    incident = await an_incident(world)
    await a_note(world, in_court.number)
    await list_all(world)
    await some_users(seat)
    await alarms_told(world)
    tally = Tally(world.exchange)
    while await tally.run_once():
        pass
    short = KeyNow("message", world.clock.now() + timedelta(days=20))
    seat.vitals.own = replace(seat.vitals.own, keys=(short, *seat.vitals.own.keys[1:]))
    return Day(again, str(whole.tried[0].request_sha256), in_court.number, incident)


async def looks(world: World, number: str) -> None:
    """An auditor reads an appeal, a party its history; somebody who may not cancels, and some of it is sealed."""
    store, now = world.exchange.store, world.clock.now()
    await store.record_access(PartyId("user:1"), "appeal", number, now, about=number)
    await store.record_access(PLATFORM, "history", number, now, about=number)
    refused = AuditNote(
        "console:nurlan", "delivery.cancelled", "1", "by mistake", "refused: the role viewer may not", now
    )
    await store.note(refused)
    await seal_all(store, world.clock, limit=200)
    await stamp_all(store, world.clock)
    world.clock.advance(minutes=1)
    await store.note(AuditNote("root", "ledger.checked", "290 leaves", "", "holds", world.clock.now()))
    await seal_all(store, world.clock)
    await store.record_access(PartyId("user:1"), "document", f"{number} d-1", now, about=number)


async def _leave_some(seat: Seat, *, dead: int) -> None:
    """A delivery that cannot be signed, and a view of the list that somebody shares."""
    world, state = seat.world, DeliveryState.DEAD_LETTERED
    values = {
        "state": state,
        "code": Cause.UNSIGNABLE.value,
        "detail": "the message key cannot be used",
        "next_attempt_at": None,
    }
    spoil = update(deliveries).where(deliveries.c.delivery_id == dead).values(values)
    await world.exchange.store.write(lambda connection, jobs: [connection.execute(spoil) and None for _ in jobs], None)
    nurlan = AddUser("nurlan", Role.OPERATOR, HASH, "test", world.clock.now())
    assert await world.exchange.store.change_user(nurlan) is None
    view = SaveView(
        1, "Akimat: stuck", "state=waiting&party=akimat-almaty&order=oldest", True, "console:nurlan", world.clock.now()
    )
    assert await world.exchange.store.save_view(view) is None
