"""The hearing (Art. 73): the preliminary decision is told in time and may be objected to before the act."""

from __future__ import annotations

from functools import cache
from typing import Final

from contracts.party import LocalText, PartyId
from contracts.payloads import AppealKind, DecisionKind, DocumentRef, HearingScheduled, NotifiedStep, Reply
from dossier.case.appeal import Term
from dossier.case.duties import CONSIDERATION, HEARING_NOTICE, HEARING_OBJECTION
from dossier.case.events import HearingAnnounced, HearingOmitted
from dossier.procedure.closing import breach, lapse
from dossier.procedure.decision import Decision
from dossier.procedure.law.calendar import local_date
from dossier.procedure.law.law_file import read_law_file, read_text
from dossier.procedure.law.rules import TermUnit
from dossier.procedure.matter import Matter, follow
from dossier.procedure.notices.applicant import notify
from dossier.procedure.wording import member_text, moment_text, same

_UNFAVOURABLE: Final = frozenset({DecisionKind.REFUSED, DecisionKind.PARTLY_SATISFIED})
_SIMPLIFIED: Final = frozenset({AppealKind.MESSAGE, AppealKind.PROPOSAL, AppealKind.RESPONSE, AppealKind.INQUIRY})
"""Art. 87(1): their procedure is the simplified one, which needs no hearing (Art. 73(2)6)."""
_SHORT_WD: Final = 5
"""Art. 73(2)3: a term of fewer working days than these needs no hearing."""


def omitted_hearing(matter: Matter, body: PartyId, reply: Reply) -> HearingOmitted | None:
    """Art. 73(1): an unfavourable act without a hearing is marked, with the exception that the body claims, if any."""
    if not _is_omitted(matter, body, reply):
        return None
    return HearingOmitted(body, reply.act_number, reply.hearing_exception)


def hearing_sentences(matter: Matter, body: PartyId, reply: Reply) -> tuple[str, ...]:
    """What the applicant reads of it."""
    if not _is_omitted(matter, body, reply):
        return ()
    return ("hearingOmitted",) if reply.hearing_exception is None else ("hearingExcepted",)


def _is_omitted(matter: Matter, body: PartyId, reply: Reply) -> bool:
    if reply.decision not in _UNFAVOURABLE or matter.registered.kind in _SIMPLIFIED:
        return False
    return not (_has_short_term(matter, body) or _was_announced(matter, body))


def _was_announced(matter: Matter, body: PartyId) -> bool:
    """Whether the body announced one in its procedure that runs."""
    record = matter.appeal.bodies.get(body)
    since = record.assigned_at if record else None
    own = (term.opened for term in matter.appeal.terms.values() if term.opened.duty == HEARING_NOTICE)
    return any(term.party == body and (since is None or term.started_at >= since) for term in own)


def _has_short_term(matter: Matter, body: PartyId) -> bool:
    own = [term.opened for term in matter.appeal.terms.values() if term.opened.duty == CONSIDERATION]
    last = next((term for term in reversed(own) if term.party == body), None)
    if last is None:
        return False
    appeal, on = matter.registered, local_date(last.started_at)
    row = matter.law.rules.duty(CONSIDERATION, on, kind=appeal.kind, subject=appeal.subject)
    return row.unit is TermUnit.WORKING_DAYS and row.length < _SHORT_WD


def exception_text(number: int | None) -> LocalText:
    """The exception of Art. 73(2) in words; empty where none is named."""
    return _exceptions().get(str(number), same("")) if number is not None else same("")


@cache
def _exceptions() -> dict[str, LocalText]:
    return {key: read_text(f"hearing {key}", text) for key, text in read_law_file("hearing")["exception"].items()}


def announce(matter: Matter, body: PartyId, step: HearingScheduled, documents: tuple[DocumentRef, ...]) -> Decision:
    """Two terms begin: the act may not come before the one of the body is over, the applicant objects in the other."""
    objection = matter.grant(HEARING_OBJECTION, body)
    notice = notify(
        matter, NotifiedStep.HEARING, *(("place",) if step.place else ()), "mayObject",
        term=objection, documents=documents,
        body=matter.name_of(body), place=same(step.place or ""),
        day=moment_text(step.held_at), form=member_text(step.form), reason=same(step.preliminary_decision),
    )  # fmt: skip
    return follow(
        HearingAnnounced(body, step.form, step.held_at), matter.begin(HEARING_NOTICE, body), objection, notice
    )


def hurry(matter: Matter, body: PartyId, *, favourable: bool) -> Decision:
    """An act before the three working days are over: the applicant had no time to be heard.

    A favourable one needs no hearing: what was announced falls away.
    """
    early = [term for term in matter.appeal.open_terms(HEARING_NOTICE, body) if _is_early(matter, term)]
    if favourable:
        announced = {term.opened.started_at for term in early}
        objections = [
            term
            for term in matter.appeal.open_terms(HEARING_OBJECTION)
            if term.opened.started_at in announced and term.opened.body in (None, body)
        ]
        return lapse(matter, (*early, *objections), "concluded")
    return follow(*(breach(matter, term.opened) for term in early))


def _is_early(matter: Matter, term: Term) -> bool:
    """Whether the third working day is over, or has come, as the open question is read."""
    if matter.law.rules.follows("hearing_third_day", "on") and local_date(matter.moment.now) >= term.opened.due_on:
        return False
    return not matter.is_overdue(term.opened)
