"""The road to the court (Art. 131, 136): the claim is taken in its term, and every body is asked for what it holds."""

from __future__ import annotations

from datetime import datetime

from contracts.header import MessageId
from contracts.party import PartyId
from contracts.payloads import ClaimKind, Finding, NotifiedStep
from dossier.case.appeal import Complaint
from dossier.case.court_file import FIRST
from dossier.case.events import RoadTaken
from dossier.procedure.admissibility import finding, gaps_of_claim
from dossier.procedure.closing import end_for_court
from dossier.procedure.contested import Contested, contested
from dossier.procedure.decision import Decision, DecisionRefusal
from dossier.procedure.matter import Matter, follow
from dossier.procedure.notices.applicant import notify
from dossier.procedure.ordering import next_number
from dossier.procedure.rights import open_right, use_right
from dossier.procedure.road import Way, to_court
from dossier.procedure.steps.collection import collect
from dossier.procedure.wording import article_text, join


def go_to_court(matter: Matter, claim: ClaimKind, way: Way, body: PartyId, *, cause: MessageId | None) -> Decision:
    """Over what ``body`` did. Each body, and each higher body, owes what the file lacks from it.

    A claim over another body that follows the first one is filed with a dossier of its own.
    """
    road, court, number = way.road, _court(way), next_number(matter.appeal)
    collected = collect(matter, court, claim, number, cause=cause)
    own = None if number == FIRST else number
    return follow(
        RoadTaken(road.kind, road.article, road.until, court, body, late=way.late, dossier_no=own),
        use_right(matter, way.duty, way.since, body),
        collected.decision,
        notify(
            matter, NotifiedStep.DISAGREEMENT_ACCEPTED, *(("lateFlaggedCourt",) if way.late else ()), "stillOwed",
            findings=_owed(matter, body),
            sentence=None if collected.requested else "disagreementComplete",
            term=collected.term, court=matter.name_of(court), road=article_text(road.article),
            bodies=join([matter.name_of(body) for body in collected.requested], "; "),
        ),
    )  # fmt: skip


def go_on_to_court(matter: Matter, complaint: Complaint, *, since: datetime) -> Decision:
    """The complaint was refused, or met with silence ``since`` then: the case goes on by itself, as it was contested.

    Without a court for this place nothing follows but the open right: the applicant and an operator see it standing.
    """
    pressed = matter.appeal.disagreement_over(complaint.body)
    if pressed is None:
        return Decision()
    known = contested(matter, complaint.body)
    is_silence = known is not None and known.is_silence
    about = Contested(complaint.body, since, is_silence, advised=True, exhausted_at=since)
    way = to_court(matter, about, pressed.claim, matter.pretrial_over(complaint.body))
    if isinstance(way, DecisionRefusal):
        return open_right(matter, complaint.body, exhausted=True, since=since)
    return follow(
        end_for_court(matter, complaint.body),
        go_to_court(matter, pressed.claim, way, complaint.body, cause=pressed.message_id),
    )


def _owed(matter: Matter, body: PartyId) -> tuple[Finding, ...]:
    """What the claim lacks of the applicant's own, in what was said of it last; told whenever the court is next."""
    pressed = matter.pressed_over(body)
    if pressed is None:
        return ()
    return tuple(finding(code, for_court=True) for code in gaps_of_claim(pressed, matter.registered))


def _court(way: Way) -> PartyId:
    if way.road.to is None:
        raise ValueError("a road to the court names it")
    return way.road.to
