"""«Келіспеймін / Не согласен / I disagree»: the case takes the lawful road by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from contracts.party import PartyId
from contracts.payloads import Disagree, RoadKind
from dossier.case.duties import CONSIDERATION
from dossier.case.events import Disagreed
from dossier.procedure.admissibility import findings_of_disagreement
from dossier.procedure.closing import end_for_court, lapse
from dossier.procedure.contested import Contested, contested
from dossier.procedure.decision import Decision, DecisionRefusal, MessageArrived
from dossier.procedure.matter import Matter, authenticated, follow, wrong_state
from dossier.procedure.road import Way, choose
from dossier.procedure.steps.complaint import lodge
from dossier.procedure.steps.court_road import go_to_court


def disagree(matter: Matter, arrival: MessageArrived, pressed: Disagree) -> Decision | DecisionRefusal:
    """Art. 91(2), 91(5): an answer, a termination, a return or silence past the term may be contested."""
    about = contested(matter, pressed.body or _next_body(matter), pressed.known_on)
    if about is None or (problem := _why_not(matter, about.body)):
        return wrong_state(matter, _nothing_yet(matter, pressed) if about is None else problem)
    way = choose(matter, about, pressed.claim)
    if isinstance(way, DecisionRefusal):
        return way
    findings = findings_of_disagreement(
        pressed, matter.registered, way.road, late=way.late, no_higher_body=way.no_higher_body
    )
    decision = follow(
        _end_considerations(matter, about, way),
        Disagreed(
            pressed.claim,
            authenticated(pressed.authentication),
            about.body,
            pressed.known_on,
            pressed.late_reason is not None or None,
        ),
        _take(matter, arrival, pressed, about, way),
    )
    return replace(decision, road=way.road, findings=findings)


def _end_considerations(matter: Matter, about: Contested, way: Way) -> Decision:
    """What runs at the body that is contested ends; what was missed is a breach."""
    if way.road.kind is RoadKind.HIGHER_BODY:
        return lapse(matter, matter.appeal.open_terms(CONSIDERATION, about.body), "contested")
    return end_for_court(matter, about.body)


def _take(matter: Matter, arrival: MessageArrived, pressed: Disagree, about: Contested, way: Way) -> Decision:
    match way.road.kind:
        case RoadKind.HIGHER_BODY:
            return lodge(matter, arrival, pressed, about, way)
        case RoadKind.COURT:
            return go_to_court(matter, pressed.claim, way, about.body, cause=arrival.message_id)
        case _:
            assert_never(way.road.kind)


def _next_body(matter: Matter) -> PartyId | None:
    """Where none is named: the one body over which nothing is under way, if there is only one; else the last one."""
    appeal = matter.appeal
    free = [body for body in appeal.bodies if not _why_not(matter, body) and contested(matter, body) is not None]
    return free[0] if len(free) == 1 else None


def _why_not(matter: Matter, body: PartyId) -> str:
    """Rights are per act and per body: what is under way over another one hinders nothing (Art. 91(5), 92, 136)."""
    appeal = matter.appeal
    if appeal.withdrawn:
        return "it was withdrawn; register a new one"
    if appeal.is_at_court_over(body):
        return "the disagreement was accepted already and goes its way; what the court says is answered by AnswerCourt"
    if appeal.case_stage is not None and not appeal.is_for_court:  # by the other system, for a case that was imported
        return f"it is before the court already, case {appeal.case_number or 'without a number yet'}"
    if appeal.pending_complaint(body):
        return f"the complaint about {body} is not decided yet; its decision, or its silence, decides the road"
    return ""


def _nothing_yet(matter: Matter, pressed: Disagree) -> str:
    if matter.appeal.withdrawn:
        return "it was withdrawn; register a new one"
    if pressed.body is not None and pressed.body not in matter.appeal.bodies:
        return f"{pressed.body} has not had it; name one of {', '.join(matter.appeal.bodies)}, or none"
    running = matter.appeal.open_terms(CONSIDERATION, pressed.body)
    ends = ", ".join(f"{term.opened.due_on} ({term.opened.article})" for term in running)
    return f"there is no answer to disagree with yet; wait for it, or for the end of the term: {ends}"
