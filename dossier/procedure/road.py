"""Where a disagreement goes and until when (Art. 91, 92, 106, 131, 136)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.codes import Code
from contracts.party import LocalText, PartyId
from contracts.payloads import ClaimKind, Road, RoadKind
from dossier.procedure.contested import Contested
from dossier.procedure.decision import DecisionRefusal
from dossier.procedure.law.calendar import local_date
from dossier.procedure.law.law_file import read_law_file, read_text
from dossier.procedure.law.rules import Pretrial, TermUnit
from dossier.procedure.matter import Matter
from dossier.procedure.rights import claim_duty, complaint_duty, term_of


@dataclass(frozen=True, slots=True)
class Way:
    """A road with what the decision needs beside the answer to the applicant.

    ``duty``: the right that is used, whose term began at ``since``. ``late``: its last day is over; the road is taken
    all the same. ``no_higher_body``: a complaint would come first, if the registry named whom to complain to.
    """

    road: Road
    duty: str
    since: datetime
    late: bool
    no_higher_body: bool = False


def choose(matter: Matter, about: Contested, claim: ClaimKind) -> Way | DecisionRefusal:
    """Art. 91(5): first to the higher body, unless a law opens the court at once or that road was gone to its end."""
    pretrial = matter.pretrial_over(about.body)
    reviewer = matter.higher_of(about.body)
    if pretrial.required and about.exhausted_at is None and reviewer is not None:
        return _to_higher_body(matter, about, reviewer, pretrial)
    return to_court(matter, about, claim, pretrial)


def to_court(matter: Matter, about: Contested, claim: ClaimKind, pretrial: Pretrial) -> Way | DecisionRefusal:
    """Art. 136: within the term of the claim from the decision on the complaint, or from the act where none was due."""
    court = court_for(matter, about)
    if court is None:
        return DecisionRefusal(Code.NO_COMPETENT_BODY, f"no route names a court for KATO {matter.registered.kato}")
    exhausted_at = about.exhausted_at
    no_higher_body = pretrial.required and exhausted_at is None
    key = "exhausted" if exhausted_at else "noHigherBody" if no_higher_body else None
    return _way(
        matter, RoadKind.COURT, pretrial.article, claim_duty(claim), exhausted_at or about.since,
        _reason(key) if key else pretrial.reason, about.body, to=court, no_higher_body=no_higher_body,
    )  # fmt: skip


def court_for(matter: Matter, about: Contested) -> PartyId | None:
    """Art. 106: over an act issued as an electronic document, the court of the applicant's place; else the body's."""
    competence = matter.moment.competence
    if about.is_silence:
        return competence.court_at.get(about.body) or competence.court
    return competence.court


def _to_higher_body(matter: Matter, about: Contested, reviewer: PartyId, pretrial: Pretrial) -> Way:
    duty = complaint_duty(matter, about.since, advised=about.advised)
    return _way(
        matter, RoadKind.HIGHER_BODY, pretrial.article, duty, about.since, pretrial.reason, about.body,
        to=reviewer, through=about.body,
    )  # fmt: skip


def _way(
    matter: Matter,
    kind: RoadKind,
    article: str,
    duty: str,
    since: datetime,
    reason: LocalText,
    body: PartyId,
    *,
    to: PartyId,
    through: PartyId | None = None,
    no_higher_body: bool = False,
) -> Way:
    """The last day is told where days count it; rules in seconds have none to tell."""
    term = term_of(matter, duty, since, body)
    by_days = matter.law.rules.duty(duty, local_date(since)).unit is not TermUnit.SECONDS
    road = Road(kind, article, term.due_on if by_days else None, reason, to=to, through=through)
    return Way(road, duty, since, matter.is_overdue(term), no_higher_body)


def _reason(key: str) -> LocalText:
    return read_text(f"roads {key}", read_law_file("roads")[key])
