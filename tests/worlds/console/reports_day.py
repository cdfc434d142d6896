"""Appeals with every kind of end: on time, late, extended, silent, contested, and decided by the court in one word."""

from __future__ import annotations

from datetime import timedelta

from contracts.header import ConversationId
from contracts.operations import Service
from contracts.party import PartyId
from contracts.payloads import CaseStage, ClaimOutcome, DecisionKind, Extended, Reply, ReportCase, ReportProgress
from dossier.case.history import fold
from dossier.procedure.law.calendar import local_date
from tests.worlds.console.appeals_day import CASE_NUMBER, a_case_in_court, list_all
from tests.worlds.exchange.world import AKIMAT, COURT, World


async def every_end(world: World) -> dict[str, str]:
    """The numbers of the appeals, by what became of them."""
    in_court = await a_case_in_court(world)
    ruled = ReportCase(
        CaseStage.RULING, CASE_NUMBER, world.clock.now(), None, "Суд удовлетворил иск", (), ClaimOutcome.GRANTED
    )
    await world.call(Service.COURT, COURT, ruled, conversation_id=in_court.conversation_id)
    late, late_number = await world.register()
    _, silent_number = await world.register(subject="LAND-LEASE")
    await world.settle()
    world.clock.advance(minutes=20)
    await world.term_clock.run_once()
    await answer(world, late, AKIMAT)
    on_time, on_time_number = await world.register(subject="LAND-LEASE", kato="751110000")
    extended, extended_number = await world.register()
    _, open_number = await world.register()
    await world.settle()
    await answer(world, on_time, await body_of(world, on_time))
    until = local_date(world.clock.now()) + timedelta(days=30)
    step = Extended(until, "сараптама керек", "басшы", world.clock.now())
    await world.call(Service.AGENCY, AKIMAT, ReportProgress(step, ()), conversation_id=extended)
    await world.settle()
    await list_all(world)
    return {
        "court": in_court.number,
        "late": late_number,
        "silent": silent_number,
        "on_time": on_time_number,
        "extended": extended_number,
        "open": open_number,
    }


async def answer(world: World, conversation_id: ConversationId, body: PartyId) -> None:
    """A refusal that says where to contest it."""
    reply = Reply(DecisionKind.REFUSED, "1", world.clock.now().date(), "жоқ", (), None, None, "А. С.", ())
    answered = await world.call(Service.AGENCY, body, reply, conversation_id=conversation_id)
    assert answered.status == 200, answered.envelope.decode()


async def body_of(world: World, conversation_id: ConversationId) -> PartyId:
    """Who has it."""
    body = fold((await world.case(conversation_id)).events).body
    assert body is not None
    return body
