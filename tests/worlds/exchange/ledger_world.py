"""A small past that fills every table: an appeal to its case number, a mailbox, refusals, reads, a new registry."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from connectors.ports.outcome import Deferred, Transmission
from contracts.codes import Code
from contracts.header import Action
from contracts.operations import Service
from contracts.party import LocalText
from contracts.payloads import (
    Acknowledge,
    CaseStage,
    ClaimKind,
    DecisionKind,
    Disagree,
    DocumentKind,
    FetchMessages,
    GetHistory,
    Ground,
    Redirected,
    Registered,
    Reply,
    ReportCase,
    ReportIncident,
    ReportProgress,
    SubmitMaterials,
)
from contracts.receipt import ErrorSignal, Receipt
from gateway.domain.alarms.kinds import AlarmKind, Condition
from gateway.domain.alarms.letter import AlarmChannel, LetterContext, Recipient
from gateway.domain.alarms.rule import AlarmRhythm
from gateway.domain.delivery.acts import Act
from gateway.domain.delivery.escalation import EscalationStep
from gateway.domain.ledger import LedgerReport
from gateway.domain.people.access import UserRole
from gateway.domain.people.desk import NOBODY, About
from gateway.domain.people.persons import PersonKey
from gateway.ports.alarms import WatchJob
from gateway.ports.deliveries import DeliveryPageQuery, Escalate, FindDelivery, MoveJob
from gateway.ports.nodes import Node
from gateway.ports.parties import LoadRegistry
from gateway.ports.people.desk import NoteSubject, NoteWrite
from gateway.ports.people.tokens import AddToken, BeginRequest, KeyedRequest
from gateway.ports.people.users import AddUser, NewSession
from gateway.ports.people.views import SaveView
from gateway.store.engine import node_rows
from gateway.store.engine.connect import writing_engine
from gateway.store.engine.statements import add
from gateway.store.ledger.leaves import add_proven
from gateway.store.tables import lost_blobs, revocation_checks, revocation_values
from gateway.store.verify.whole import ProofVerifiers, verify_ledger
from gateway.workers.appeal_projection import AppealProjection
from gateway.workers.inspector import Inspector
from gateway.workers.tally import CauseCounter
from signing.keys.keypair import Certificate
from signing.trust.answer import AnswerSource, RevocationStatus
from tests.worlds.exchange.world import AKIMAT, COURT, JER, ME, PLATFORM, World, a_world
from tests.worlds.sealing import seal_all, stamp_all

S = Service
A_LETTER = """\
Құрметті өтініш беруші! Сіздің өтінішіңіз қаралды. Тұрғын үй кезегіне қою туралы шешімді жергілікті атқарушы орган \
ұсынылған құжаттардың негізінде қабылдайды. Ұсынылған құжаттарда отбасының жалғыз тұрғын үйінің апатты жағдайда екенін \
растайтын қорытынды жоқ. Осыған байланысты өтінішіңізді қанағаттандыруға мүмкіндік жоқ екенін хабарлаймыз."""


@dataclass(frozen=True)
class Past:
    """A database that an exchange has written, its last moment, and the certificate that sealed it."""

    database_url: str
    now: datetime
    sealed_by: Certificate


async def a_past(folder: Path, url: str) -> Past:
    """An exchange lives, and is closed."""
    async with a_world(folder, database_url=url) as world:
        await live(world)
        return Past(url, world.clock.now(), world.seal.certificate)


async def live(world: World) -> None:
    """Everything that can leave a row leaves one; then all is sealed, twice, and stamped once."""
    await _an_appeal_to_its_case_number(world)
    await seal(world)
    await stamp_all(world.exchange.store, world.clock)
    await _a_mailbox(world)
    await _refusals_and_odds(world)
    await seal(world)


async def seal(world: World) -> int:
    return await seal_all(world.exchange.store, world.clock, key=world.seal)


async def say(world: World, service: Service, sender, payload, conversation_id=None):
    answered = await world.call(service, sender, payload, conversation_id=conversation_id)
    world.clock.advance(seconds=1)
    await world.settle()
    return answered.message.payload


async def _an_appeal_to_its_case_number(world: World) -> None:
    document = await world.upload(PLATFORM, b"%PDF-1.7 appeal")
    world.connector.script[Action.ASSIGN_APPEAL] = [Deferred("connection refused", Transmission(b""))]
    conversation_id, number = await world.register(documents=(document,))
    await world.settle()
    world.clock.advance(seconds=40)
    await world.settle()
    await say(world, S.AGENCY, AKIMAT, ReportProgress(Registered("ЖТ-1", world.clock.now()), ()), conversation_id)
    act = await world.upload(AKIMAT, b"%PDF-1.7 act", DocumentKind.ACT)
    reply = Reply(
        DecisionKind.REFUSED, "№ 15-7/123", world.clock.now().date(), A_LETTER,
        (Ground("Жилищный закон, ст. 71", "нет оснований"),), "СМАС г. Алматы", None, "А. Серіков", (act,),
    )  # fmt: skip
    await say(world, S.AGENCY, AKIMAT, reply, conversation_id)
    disagree = Disagree(ClaimKind.CONTEST, "Келіспеймін", world.clock.now(), (), None)
    await say(world, S.APPEALS, PLATFORM, disagree, conversation_id)
    file = await world.upload(AKIMAT, b"%PDF-1.7 administrative file", DocumentKind.ADMINISTRATIVE_FILE)
    await say(world, S.AGENCY, AKIMAT, SubmitMaterials("Толық іс", (file,)), conversation_id)
    while not await world.collector.run_once():
        await seal(world)
        await stamp_all(world.exchange.store, world.clock)
        world.clock.advance(seconds=30)
    await world.settle()
    stage = ReportCase(CaseStage.REGISTERED, "7594-26-00-4/17", world.clock.now(), None, "Зарегистрировано", ())
    await say(world, S.COURT, COURT, stage, conversation_id)
    await world.call(S.APPEALS, PLATFORM, GetHistory(number))


async def _a_mailbox(world: World) -> None:
    conversation_id, _ = await world.register()
    await world.settle()
    redirect = ReportProgress(Redirected(JER, False, "жер мәселесі", world.clock.now()), ())
    await say(world, S.AGENCY, AKIMAT, redirect, conversation_id)
    other, _ = await world.register(subject="LAND-LEASE")
    for answer in (
        lambda row: Receipt(row.message_id, row.digest, world.clock.now()),
        lambda row: _refused(world, row),
    ):
        fetched = (await world.call(S.AGENCY, JER, FetchMessages(1))).message.payload
        row = await world.exchange.store.run(FindDelivery(JER, fetched.items[0].message_id))
        await say(world, S.AGENCY, JER, Acknowledge((answer(row),)))
    assert other
    world.clock.advance(days=1)
    await world.term_clock.run_once()  # a breach


def _refused(world: World, row) -> ErrorSignal:
    words = LocalText("біздікі емес", "не к нам", "not ours")
    return ErrorSignal(
        row.message_id, row.digest, world.clock.now(), Code.NOT_YOUR_APPEAL, words, "біздің құзырымызда емес"
    )


async def _refusals_and_odds(world: World) -> None:
    """A broken envelope, a refusal to a known sender, half an upload, a resend and another registry."""
    await world.post(S.APPEALS, b"<not-soap/>")
    await world.call(S.APPEALS, PLATFORM, GetHistory("DL-2026-0000000000"))
    await world.exchange.documents.put_part(
        owner=PLATFORM, upload_id="half", part=1, parts=2, size=4, sha256="ab" * 32, file_name="құжат.pdf",
        media_type="application/pdf", content=b"ab", document_id=world.exchange.ids.document_id(), at=world.clock.now(),
    )  # fmt: skip
    await world.register()  # its deliveries stay open
    store = world.exchange.store
    (row, *_) = await store.run(DeliveryPageQuery(limit=1))
    await store.run(MoveJob(Act.RESEND, (row.delivery_id,), "operator", "сұралды", world.clock.now()))
    await world.apply(await store.run(LoadRegistry()))
    await store.write(_an_answer_on_revocation, world.clock.now())
    await store.write(_bytes_that_are_to_go, world.clock.now())
    await store.write(node_rows.beat, (Node("almaty-1", "host", 1, "0", "0008", world.clock.now()), frozenset()))
    assert await store.run(AddUser("aigerim", UserRole.OPERATOR, "$hash", "root", world.clock.now())) is None
    assert await store.run(NewSession("ba" * 32, 1, "127.0.0.1", world.clock.now()))
    assert (
        await store.run(SaveView(1, "deliveries", "stuck", "group=open", False, "console:aigerim", world.clock.now()))
        is None
    )
    assert await store.run(Escalate(now=world.clock.now() + timedelta(hours=2), limit=10))
    assert await AppealProjection(world.exchange, PersonKey(b"k" * 32)).run_once()
    await _the_desk(world)
    await _alarms(world)
    await _a_program(world)


async def _alarms(world: World) -> None:
    """One that somebody hears of, and a step of the ledger's own check."""
    now, duty = world.clock.now(), Recipient(AlarmChannel.MAIL, "duty@example.kz", "kk", EscalationStep.WARN)
    seen = Condition(AlarmKind.PARTY_SILENT, AKIMAT, EscalationStep.ALARM, since=now, count=3)

    def drafts(alarm, happening):
        return LetterContext("dalel", (duty,)).drafts(alarm, happening, now=now)

    assert await world.exchange.store.run(WatchJob((seen,), lambda _: True, AlarmRhythm(), drafts, now))
    await Inspector(world.exchange.store, world.clock, records=10).run_once()


async def _a_program(world: World) -> None:
    """Its token, and an act of its own under a key."""
    store, now = world.exchange.store, world.clock.now()
    token = AddToken("night", UserRole.VIEWER, "a" * 64, "dalel_abcdef", now + timedelta(days=90), "root", now)
    assert await store.run(token) is None
    assert await store.run(BeginRequest(KeyedRequest(1, "k" * 64, "r" * 64, now))) is None


async def _the_desk(world: World) -> None:
    """An incident, a note, and causes that were counted."""
    await world.call(S.AGENCY, AKIMAT, ReportIncident(None, None, "жауап жоқ", "+7 727 000 00 00"))
    subject, now = NoteSubject(About.PARTY, AKIMAT), world.clock.now()
    await world.exchange.store.run(NoteWrite(subject, "call them", "aigerim", NOBODY, "console:aigerim", now))
    tally = CauseCounter(world.exchange)
    while await tally.run_once():
        pass


def _bytes_that_are_to_go(connection: Connection, jobs: Sequence[datetime]) -> list[None]:
    add(connection, lost_blobs, [{"sha256": "ad" * 32, "lost_at": at} for at in jobs])
    return [None] * len(jobs)


def _an_answer_on_revocation(connection: Connection, jobs: Sequence[datetime]) -> list[None]:
    for at in jobs:
        value = {
            "sha256": "cd" * 32,
            "source": AnswerSource.CRL,
            "url": "http://ca/crl",
            "der": b"list",
            "fetched_at": at,
        }
        add_proven(connection, revocation_values, [value])
        check = {
            "certificate_sha256": "ef" * 32, "at": at, "status": RevocationStatus.GOOD, "value_sha256": "cd" * 32,
            "this_update": at, "next_update": at, "detail": "good", "unanswered": 0,
        }  # fmt: skip
        add_proven(connection, revocation_checks, [check])
    return [None] * len(jobs)


# --- looking at it, and spoiling it ---------------------------------------------------------------------------------


def proof_verifiers(past: Past) -> ProofVerifiers:
    def of_seal(certificate, at) -> str:
        return "" if certificate == past.sealed_by else "unknown certificate"

    def of_token(token) -> str:
        return ""

    return ProofVerifiers(str(ME), of_seal, of_token)


@contextmanager
def spoiling(past: Past) -> Iterator[Connection]:
    """A connection of somebody who owns the database and stops at no constraint; what it does is undone at the end."""
    with _owned(past.database_url).connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@cache
def _owned(url: str) -> Engine:
    """One for all changes, so that statements are compiled once."""
    return writing_engine(url, connections=1)


def let_go(url: str) -> None:
    _owned(url).dispose()


def unbind(connection: Connection) -> None:
    """Let no foreign key and no check stand in the way."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        return
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    checks = (
        "SELECT conrelid::regclass::text AS at, conname FROM pg_constraint"
        " WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
    )
    for at, name in connection.execute(text(checks)).all():
        connection.execute(text(f'ALTER TABLE {at} DROP CONSTRAINT "{name}"'))


def verified(connection: Connection, past: Past) -> LedgerReport:
    return verify_ledger(connection, proof_verifiers(past), lambda _: None)
