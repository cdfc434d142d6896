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
from gateway.domain.delivery.acts import Act
from gateway.domain.delivery.poison import PoisonCause
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import ENROL_WITHIN, MOST_FAILURES, UserRole
from gateway.domain.people.desk import About, NoteHolder, number_of
from gateway.domain.trace import TraceContext
from gateway.ports.audit import RecordAccess
from gateway.ports.console import LoadDelivery
from gateway.ports.deliveries import DeliveryPageQuery
from gateway.ports.health import KeyNow
from gateway.ports.parties import Switch
from gateway.ports.people.desk import NoteSubject, NoteWrite
from gateway.ports.people.users import AddUser, AuditNote, DisableUser, Enrolment, FailedLogin, FindUser
from gateway.ports.people.views import SaveView
from gateway.service.operate import move
from gateway.service.parties import switch
from gateway.service.people.login import token_digest
from gateway.store.tables import deliveries
from gateway.workers.tally import CauseCounter
from tests.worlds.console.alarms_day import alarms_notified
from tests.worlds.console.appeals_day import a_case_in_court, list_all
from tests.worlds.console.seat import HASH, ConsoleNetwork, Seat, trace_all
from tests.worlds.exchange.world import AKIMAT, JER, PLATFORM, World
from tests.worlds.sealing import seal_all, stamp_all

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
class TourStop:
    """A page. ``name``: of its picture; ``path``: below the console's address; ``role``: who looks."""

    name: str
    path: Callable[[Day], str]
    role: UserRole = UserRole.OPERATOR


TOUR: Final = (
    TourStop("overview", lambda _: "/"),
    TourStop("alarms", lambda _: "/alarms"),
    TourStop("alarms-none", lambda _: "/alarms?kind=node_lost"),
    TourStop("alarm", lambda _: "/alarms/2"),
    TourStop("deliveries", lambda _: "/deliveries?group=open&order=oldest"),
    TourStop("deliveries-none", lambda _: "/deliveries?number=nothing"),
    TourStop("deliveries-narrow", lambda _: "/deliveries?group=waiting&action=AssignAppeal&recipient=akimat-almaty"),
    TourStop("deliveries-find", lambda _: "/deliveries/find"),
    TourStop("deliveries-act", lambda _: "/deliveries/acts?act=resend&of=all&group=open&recipient=akimat-almaty"),
    TourStop("deliveries-views", lambda _: "/deliveries/_views"),
    TourStop("dead-letters", lambda _: "/dead-letters"),
    TourStop("delivery", lambda day: f"/deliveries/{day.delivery}"),
    TourStop("delivery-auditor", lambda day: f"/deliveries/{day.delivery}", UserRole.AUDITOR),
    TourStop("envelope", lambda day: f"/deliveries/{day.delivery}/envelopes/{day.request}"),
    TourStop("appeals", lambda _: "/appeals"),
    TourStop("appeals-none", lambda _: "/appeals?number=nothing"),
    TourStop("appeal", lambda day: f"/appeals/{day.appeal}"),
    TourStop("appeal-auditor", lambda day: f"/appeals/{day.appeal}", UserRole.AUDITOR),
    TourStop("appeal-words", lambda day: f"/appeals/{day.appeal}/words", UserRole.AUDITOR),
    TourStop("appeal-dossier", lambda day: f"/appeals/{day.appeal}/dossiers/1"),
    TourStop("appeals-find", lambda _: "/appeals/find", UserRole.SUPPORT),
    TourStop("terms", lambda _: "/terms?which=open"),
    TourStop("terms-missed", lambda _: "/terms?which=breached"),
    TourStop("refusals", lambda _: "/refusals"),
    TourStop("refusals-none", lambda _: "/refusals?sender=nobody"),
    TourStop("refusal", lambda _: "/refusals/1"),
    TourStop("refusal-auditor", lambda _: "/refusals/1", UserRole.AUDITOR),
    TourStop("desk", lambda _: "/desk", UserRole.SUPPORT),
    TourStop("found-appeal", lambda day: f"/find?number={day.appeal}", UserRole.SUPPORT),
    TourStop("found-delivery", lambda day: f"/find?number={day.delivery}", UserRole.SUPPORT),
    TourStop("found-code", lambda _: "/find?number=UnknownSigner", UserRole.SUPPORT),
    TourStop("found-nothing", lambda _: "/find?number=nothing", UserRole.SUPPORT),
    TourStop("incidents", lambda _: "/incidents", UserRole.SUPPORT),
    TourStop("incidents-none", lambda _: "/incidents?party=nobody", UserRole.SUPPORT),
    TourStop("incident", lambda day: f"/incidents/{day.incident}", UserRole.SUPPORT),
    TourStop("notes", lambda _: "/notes?which=role", UserRole.SUPPORT),
    TourStop("notes-none", lambda _: "/notes", UserRole.SUPPORT),
    TourStop("notes-about", lambda day: f"/notes/appeal/{day.appeal}", UserRole.SUPPORT),
    TourStop("causes", lambda _: "/causes?period=7d", UserRole.SUPPORT),
    TourStop("causes-none", lambda _: "/causes?party=nobody", UserRole.SUPPORT),
    TourStop("codes", lambda _: "/codes"),
    TourStop("code", lambda _: "/codes/SchemaViolation"),
    TourStop("reports", lambda _: "/reports"),
    TourStop("reports-by-month", lambda _: "/reports?period=2026&by=month"),
    TourStop("reports-none", lambda _: "/reports?period=2001"),
    TourStop("report", lambda _: f"/reports/one?among=body&of={AKIMAT}"),
    TourStop("report-appeals", lambda _: "/reports/appeals?figure=silent"),
    TourStop("parties", lambda _: "/parties"),
    TourStop("parties-none", lambda _: "/parties?words=nobody"),
    TourStop("party", lambda _: f"/parties/{AKIMAT}"),
    TourStop("party-paused", lambda _: f"/parties/{JER}"),
    TourStop("party-ping", lambda _: f"/parties/{AKIMAT}/ping"),
    TourStop("certificates", lambda _: "/parties/certificates"),
    TourStop("audit", lambda _: "/audit", UserRole.AUDITOR),
    TourStop("audit-none", lambda _: "/audit?subject=nothing", UserRole.AUDITOR),
    TourStop("accesses", lambda _: "/accesses", UserRole.AUDITOR),
    TourStop("accesses-appeal", lambda day: f"/accesses?about={day.appeal}&everybody=true", UserRole.AUDITOR),
    TourStop("accesses-find", lambda _: "/accesses/find", UserRole.AUDITOR),
    TourStop("users", lambda _: "/users", UserRole.ADMIN),
    TourStop("users-none", lambda _: "/users?begin_at=zz", UserRole.ADMIN),
    TourStop("user-add", lambda _: "/users/_add", UserRole.ADMIN),
    TourStop("user", lambda _: "/users/dana", UserRole.ADMIN),
    TourStop("me", lambda _: "/me"),
    TourStop("enrol", lambda _: f"/enrol/{LINK}"),
    TourStop("ledger", lambda _: "/ledger", UserRole.AUDITOR),
    TourStop("ledger-leaf", lambda _: "/ledger/leaf?record=audit_log&key=1", UserRole.AUDITOR),
    TourStop("ledger-leaf-none", lambda _: "/ledger/leaf?record=audit_log&key=99999"),
    TourStop("ledger-compare", lambda _: "/ledger/compare"),
    TourStop("health", lambda _: "/health"),
    TourStop("not-found", lambda _: "/deliveries/999999"),
)


async def an_incident(world: World) -> str:
    """The akimat reports that nothing of its own is taken any more; returns the number of the incident."""
    report = ReportIncident(None, Code.UNKNOWN_SIGNER, "Жаңа кілтпен ештеңе өтпейді", "Нұрлан, +7 727 000 00 00")
    thread = (await world.call(Service.AGENCY, AKIMAT, report)).message.payload.receipt.conversation_id
    return number_of(thread)


async def a_note(world: World, appeal: str) -> None:
    """Somebody hands an appeal to the support desk."""
    text, hand = "The applicant calls again on Monday.", NoteHolder(role=UserRole.SUPPORT)
    written = NoteWrite(NoteSubject(About.APPEAL, appeal), text, "nurlan", hand, "console:nurlan", world.clock.now())
    await world.exchange.store.run(written)


async def a_refused_request(world: World) -> None:
    """The akimat reports without having read the contract: its number of a message is none."""
    report = ReportProgress(Registered("A-1", world.clock.now()), ())
    sent = world.envelope(AKIMAT, report, message_id=MessageId(""))
    assert (await world.post(Service.AGENCY, sent)).status == 500


async def some_users(seat: Seat) -> None:
    """One who has not enrolled yet, one whose name guesses locked, one who left."""
    store, now = seat.world.exchange.store, seat.world.clock.now()
    link = Enrolment(token_digest(LINK), now + ENROL_WITHIN)
    added = AddUser("dana", UserRole.SUPPORT, "", "console:nurlan", now, "began on Monday", enrolment=link)
    assert await store.run(added) is None
    await seat.user("saule", UserRole.AUDITOR)
    await lock(seat, "saule")
    await seat.user("timur", UserRole.VIEWER)
    assert await store.run(DisableUser("timur", "left on Friday", "console:nurlan", now)) is None


async def lock(seat: Seat, name: str) -> None:
    """By guesses."""
    store, now = seat.world.exchange.store, seat.world.clock.now()
    user = await store.run(FindUser(name))
    assert user is not None
    for _ in range(MOST_FAILURES):
        await store.run(FailedLogin(user.user_id, "wrong password", "10.0.0.9", now))


async def a_bad_day(seat: Seat) -> Day:
    """Appeals that an akimat does not take; one of them is set aside, another sent once more."""
    world = seat.world
    trace_all(world, TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", sampled=False))
    in_court = await a_case_in_court(world)
    world.relay._connector = ConsoleNetwork(world)
    for _ in range(9):
        await world.register()
        await world.settle()
        world.clock.advance(minutes=7)
    await world.settle()
    store = world.exchange.store
    waiting = await store.run(DeliveryPageQuery(recipient=AKIMAT, state=DeliveryState.RETRY_SCHEDULED))
    aside, again = waiting[1].delivery_id, waiting[-1].delivery_id
    await move(world.exchange, Act.PARK, (aside,), by="console:nurlan", reason="the akimat asks to wait")
    await move(world.exchange, Act.RESEND, (again,), by="console:nurlan", reason="they say they are back")
    world.clock.advance(minutes=1)
    await world.settle()
    await switch(world.exchange, Switch.PAUSE, JER, by="console:nurlan", reason="the ministry moves house until Monday")
    await looks(world, in_court.number)
    whole = await store.run(LoadDelivery(again))
    assert whole is not None
    await a_refused_request(world)
    await _leave_some(seat, dead=waiting[2].delivery_id)
    incident = await an_incident(world)
    await a_note(world, in_court.number)
    await list_all(world)
    await some_users(seat)
    await alarms_notified(world)
    tally = CauseCounter(world.exchange)
    while await tally.run_once():
        pass
    short = KeyNow("message", world.clock.now() + timedelta(days=20))
    seat.vitals.own = replace(seat.vitals.own, keys=(short, *seat.vitals.own.keys[1:]))
    return Day(again, str(whole.tried[0].request_sha256), in_court.number, incident)


async def looks(world: World, number: str) -> None:
    """An auditor reads an appeal, a party its history; somebody who may not cancels, and some of it is sealed."""
    store, now = world.exchange.store, world.clock.now()
    await store.run(RecordAccess(PartyId("user:1"), "appeal", number, now, about=number))
    await store.run(RecordAccess(PLATFORM, "history", number, now, about=number))
    refused = AuditNote(
        "console:nurlan", "delivery.cancelled", "1", "by mistake", "refused: the role viewer may not", now
    )
    await store.run(refused)
    await seal_all(store, world.clock, limit=200)
    await stamp_all(store, world.clock)
    world.clock.advance(minutes=1)
    await store.run(AuditNote("root", "ledger.checked", "290 leaves", "", "holds", world.clock.now()))
    await seal_all(store, world.clock)
    await store.run(RecordAccess(PartyId("user:1"), "document", f"{number} d-1", now, about=number))


async def _leave_some(seat: Seat, *, dead: int) -> None:
    """A delivery that cannot be signed, and a view of the list that somebody shares."""
    world, state = seat.world, DeliveryState.DEAD_LETTERED
    values = {
        "state": state,
        "code": PoisonCause.UNSIGNABLE.value,
        "detail": "the message key cannot be used",
        "next_attempt_at": None,
    }
    spoil = update(deliveries).where(deliveries.c.delivery_id == dead).values(values)
    await world.exchange.store.write(lambda connection, jobs: [connection.execute(spoil) and None for _ in jobs], None)
    nurlan = AddUser("nurlan", UserRole.OPERATOR, HASH, "test", world.clock.now())
    assert await world.exchange.store.run(nurlan) is None
    view = SaveView(
        1,
        "deliveries",
        "Akimat: stuck",
        "group=waiting&recipient=akimat-almaty&order=oldest",
        True,
        "console:nurlan",
        world.clock.now(),
    )
    assert await world.exchange.store.run(view) is None
