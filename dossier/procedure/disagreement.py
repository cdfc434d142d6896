"""«Келіспеймін / Не согласен / I disagree»: the case takes its road, and every body is asked for what it holds."""

from __future__ import annotations

from dataclasses import replace

from contracts.codes import Code
from contracts.party import PartyId
from contracts.payloads import Disagree, DocumentKind, NotifiedStep, ProvideMaterials, Road
from dossier.events import Disagreed, MaterialsDemanded, RoadTaken, TermOpened
from dossier.history import BodyRecord, BodyStage
from dossier.procedure.closing import lapse
from dossier.procedure.decision import Decision, MessageArrived, OutgoingIntent, Refusal
from dossier.procedure.matter import CONSIDERATION, MATERIALS, Matter, authenticated, follow, wrong_state
from dossier.procedure.notices import tell
from dossier.procedure.road import road
from dossier.procedure.terms import notice_of
from dossier.procedure.wording import article_text, join


def disagree(matter: Matter, arrival: MessageArrived, pressed: Disagree) -> Decision | Refusal:
    """Art. 91(2), 91(5): an answer, a termination or silence past the term may be contested, once."""
    court = matter.moment.competence.court
    if problem := _why_not(matter):
        return wrong_state(matter, problem)
    way = road(matter, pressed.claim)
    if isinstance(way, Refusal):
        return way
    if court is None:
        return Refusal(Code.NO_COMPETENT_BODY, f"no route names a court for KATO {matter.registered.kato}")
    return replace(_go_to_court(matter, arrival, pressed, way, court), road=way)


def _why_not(matter: Matter) -> str | None:
    appeal = matter.appeal
    running = appeal.open_terms(CONSIDERATION)
    if appeal.withdrawn:
        return "it was withdrawn; register a new one"
    if appeal.disagreement:
        return "the disagreement was accepted already and goes its way"
    if appeal.may_disagree or any(matter.is_overdue(term.opened) for term in running):
        return None
    ends = ", ".join(f"{term.opened.due_on} ({term.opened.article})" for term in running)
    return f"there is no answer to disagree with yet; wait for it, or for the end of the term: {ends}"


def _go_to_court(matter: Matter, arrival: MessageArrived, pressed: Disagree, way: Road, court: PartyId) -> Decision:
    bodies = tuple(matter.appeal.bodies.values())
    terms = [matter.begin(MATERIALS, body.party, nth=nth) for nth, body in enumerate(bodies, 1)]
    return follow(
        lapse(matter, matter.appeal.open_terms(CONSIDERATION), "disagreed"),
        Disagreed(pressed.claim, authenticated(pressed.authentication)),
        RoadTaken(way.kind, way.article, way.until, court),
        *(_demand(matter, arrival, body, term) for body, term in zip(bodies, terms, strict=True)),
        tell(
            matter,
            NotifiedStep.DISAGREEMENT_ACCEPTED,
            term=terms[-1] if terms else None,
            court=matter.name_of(court),
            road=article_text(way.article),
            bodies=join([matter.name_of(body.party) for body in bodies], "; "),
        ),
    )


def _demand(matter: Matter, arrival: MessageArrived, body: BodyRecord, term: TermOpened) -> Decision:
    items = items_due(body)
    request = ProvideMaterials(matter.appeal.appeal_number, items, notice_of(term))
    demanded = MaterialsDemanded(body.party, items)
    return follow(demanded, term, OutgoingIntent(body.party, request, arrival.message_id))


def items_due(body: BodyRecord) -> tuple[DocumentKind, ...]:
    """What the file lacks from this body: its administrative file (Art. 69), and the answer that never came."""
    owes_answer = body.stage in (BodyStage.CONSIDERING, BodyStage.TERMINATED) and not body.replies
    answer = (DocumentKind.REPLY, DocumentKind.ACT) if owes_answer else ()
    return (DocumentKind.ADMINISTRATIVE_FILE, *answer)
