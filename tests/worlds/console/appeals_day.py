"""An appeal that went the whole way: a silent body, a disagreement, a dossier that the court has, and its case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from contracts.header import ConversationId
from contracts.operations import Service
from contracts.payloads import CaseStage, ClaimKind, DecisionKind, Disagree, Reply, ReportCase
from dossier.case.history import fold
from gateway.domain.people.persons import PersonKey
from gateway.workers.appeal_projection import AppealProjection
from tests.worlds.exchange.world import AKIMAT, COURT, PLATFORM, World

PERSON_KEY: Final = PersonKey(b"a key that only the tests have ...")
IIN: Final = "900101300017"
CASE_NUMBER: Final = "7594-26-00-4/123"


@dataclass(frozen=True)
class CourtCase:
    """What is there to look at."""

    conversation_id: ConversationId
    number: str
    document: str


async def list_all(world: World, key: PersonKey | None = PERSON_KEY) -> None:
    """What the loop does until nothing moves."""
    appeal_projection = AppealProjection(world.exchange, key)
    while await appeal_projection.run_once():
        pass


LATE_BY: Final = timedelta(minutes=22)


async def a_late_answer(world: World) -> CourtCase:
    """The akimat lets its term pass, and answers 22 minutes after its end."""
    conversation_id, number = await world.register()
    await world.settle()
    (term,) = fold((await world.case(conversation_id)).events).terms.values()
    world.clock.advance(seconds=(term.opened.due_at - world.clock.now()).total_seconds() + 1)
    await world.term_clock.run_once()
    world.clock.advance(seconds=LATE_BY.total_seconds() - 1)
    reply = Reply(DecisionKind.REFUSED, "1", world.clock.now().date(), "жоқ", (), None, None, "А. С.", ())
    await world.call(Service.AGENCY, AKIMAT, reply, conversation_id=conversation_id)
    await world.settle()
    await list_all(world)
    return CourtCase(conversation_id, number, "")


async def a_case_in_court(world: World) -> CourtCase:
    """Registered with a document, met with silence, contested, filed, acknowledged, with a number of the court."""
    paper = await world.upload(PLATFORM, b"%PDF-1.4 a document")
    conversation_id, number = await world.register(documents=(paper,))
    await world.settle()
    world.clock.advance(minutes=20)
    await world.term_clock.run_once()
    pressed = Disagree(ClaimKind.COMPEL, "Жауап берген жоқ, келіспеймін.", world.clock.now(), (), None)
    await world.call(Service.APPEALS, PLATFORM, pressed, conversation_id=conversation_id)
    await world.settle()
    world.clock.advance(minutes=20)
    await world.term_clock.run_once()
    assert await world.collector.run_once() == 1
    await world.settle()
    world.clock.advance(minutes=3)
    report = ReportCase(CaseStage.REGISTERED, CASE_NUMBER, world.clock.now(), None, "Тіркелді", ())
    await world.call(Service.COURT, COURT, report, conversation_id=conversation_id)
    await world.settle()
    await list_all(world)
    return CourtCase(conversation_id, number, paper.document_id)
