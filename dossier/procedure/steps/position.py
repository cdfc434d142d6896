"""The court asks the state, not the citizen: positions and materials of the bodies (Art. 16, 129, 138(5))."""

from __future__ import annotations

from typing import Final

from contracts.party import PartyId
from contracts.payloads import (
    DocumentKind,
    NotifiedStep,
    PositionKind,
    ProvideMaterials,
    ProvidePosition,
    RequestMaterials,
    RequestPosition,
    SubmitPosition,
)
from dossier.case.court_file import with_materials
from dossier.case.events import CourtAsked, MaterialsDemanded, PositionDemanded, PositionReceived
from dossier.case.grounds import compare
from dossier.procedure.decision import Decision, DecisionRefusal, MessageArrived, OutgoingIntent
from dossier.procedure.law.calendar import local_date
from dossier.procedure.matter import Matter, follow, wrong_state
from dossier.procedure.notices.applicant import notify
from dossier.procedure.ordering import next_number
from dossier.procedure.steps.collection import close_answered, touched
from dossier.procedure.terms import notice_of
from dossier.procedure.wording import join, member_text, same

POSITION: Final = "position"
COURT_MATERIALS: Final = "court_materials"


def court_asks_position(
    matter: Matter, arrival: MessageArrived, requested: RequestPosition
) -> Decision | DecisionRefusal:
    """Art. 138(5): the objection, the reasoned position of the higher head, and the file where it never came."""
    if problem := _over(matter, requested):
        return wrong_state(matter, problem)
    bodies = _each_once(matter, requested.bodies)
    number = next_number(matter.appeal)
    return follow(
        CourtAsked(arrival.sender, True, bodies, number),  # noqa: FBT003 - the fact's own field
        *(_ask_position(matter, arrival, requested, body, number) for body in bodies),
        _notify_requested(matter, arrival.sender, bodies),
    )


def court_asks_materials(
    matter: Matter, arrival: MessageArrived, requested: RequestMaterials
) -> Decision | DecisionRefusal:
    """Art. 16: the court collects of its own motion; what it asks for is passed on in its own words."""
    if problem := _over(matter, requested):
        return wrong_state(matter, problem)
    bodies = _each_once(matter, requested.bodies)
    number = next_number(matter.appeal)
    return follow(
        CourtAsked(arrival.sender, False, bodies, number),  # noqa: FBT003 - the fact's own field
        *(_ask_materials(matter, arrival, requested, body, number) for body in bodies),
        _notify_requested(matter, arrival.sender, bodies),
    )


def receive_position(matter: Matter, arrival: MessageArrived, position: SubmitPosition) -> Decision | DecisionRefusal:
    """Taken whenever it comes. Grounds that the act does not state are counted for the judge (Art. 129(3))."""
    body = arrival.sender
    if not any(demand.is_position for demand in matter.appeal.demands.values() if demand.body == body):
        return wrong_state(matter, "the court has not asked for your position; ProvidePosition will say when it does")
    acts = tuple(ground for reply in matter.replies_of(body) for ground in reply.grounds)
    new = compare(position.grounds, acts).new if matter.has_acts_of(body) else ()
    documents = tuple(ref.document_id for ref in position.documents)
    kinds = tuple(dict.fromkeys(ref.kind for ref in position.documents))
    received = PositionReceived(body, position.kind, documents, len(new), kinds)
    return follow(
        received,
        _tell_received(matter, body, position.kind, len(new)),
        close_answered(matter, with_materials(matter.appeal, received), body),
    )


def _over(matter: Matter, requested: RequestPosition | RequestMaterials) -> str:
    """A day that is over would make every body silent before it was asked."""
    is_over = requested.until is not None and requested.until < local_date(matter.moment.now)
    return f"{requested.until} is over; name a later day, or none, and the law's term runs" if is_over else ""


def _each_once(matter: Matter, named: tuple[PartyId, ...]) -> tuple[PartyId, ...]:
    """The bodies that the court names, or all that touched the appeal. That they are agencies is for the registry."""
    return tuple(dict.fromkeys(named)) or touched(matter.appeal)


def _ask_position(
    matter: Matter, arrival: MessageArrived, requested: RequestPosition, body: PartyId, number: int
) -> Decision:
    lacks_file = DocumentKind.ADMINISTRATIVE_FILE not in matter.appeal.handed_over.get(body, frozenset())
    file = (DocumentKind.ADMINISTRATIVE_FILE,) if lacks_file else ()
    items = (DocumentKind.OBJECTION, DocumentKind.HEAD_POSITION, *file)
    term = matter.begin(POSITION, body, until=requested.until)
    request = ProvidePosition(matter.appeal.appeal_number, requested.question, notice_of(term), items)
    demanded = PositionDemanded(body, items, number, term.term_id)
    return follow(demanded, term, OutgoingIntent(body, request, arrival.message_id))


def _ask_materials(
    matter: Matter, arrival: MessageArrived, requested: RequestMaterials, body: PartyId, number: int
) -> Decision:
    term = matter.begin(COURT_MATERIALS, body, until=requested.until)
    items = (DocumentKind.OTHER,)
    request = ProvideMaterials(matter.appeal.appeal_number, items, notice_of(term), requested.items)
    demanded = MaterialsDemanded(body, items, number, term.term_id)
    return follow(demanded, term, OutgoingIntent(body, request, arrival.message_id))


def _notify_requested(matter: Matter, court: PartyId, bodies: tuple[PartyId, ...]) -> OutgoingIntent:
    names = join([matter.name_of(body) for body in bodies], "; ")
    return notify(matter, NotifiedStep.COURT_ASKED, court=matter.name_of(court), bodies=names)


def _tell_received(matter: Matter, body: PartyId, kind: PositionKind, new: int) -> OutgoingIntent:
    return notify(
        matter, NotifiedStep.POSITION_RECEIVED, *(("newGrounds",) if new else ()),
        body=matter.name_of(body), kind=member_text(kind), count=same(str(new)),
    )  # fmt: skip
