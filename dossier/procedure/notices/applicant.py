"""What the applicant is told at each step, through the platform that registered the appeal (Art. 66)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from contracts.party import LocalText
from contracts.payloads import DocumentRef, Finding, NotifiedStep, NotifyApplicant, Receiver, Ticket
from dossier.case.events import TermOpened
from dossier.case.narration import term_wording
from dossier.procedure.decision import Decision, OutgoingIntent
from dossier.procedure.law.law_file import read_law_file, read_text
from dossier.procedure.matter import Matter
from dossier.procedure.terms import notice_of
from dossier.procedure.wording import article_text, day_text, due_text, fill, join, moment_text, same


def ticket_of(matter: Matter) -> Ticket:
    """Unique number, date and time, and who received it: the clerk of a reception centre, or the platform."""
    number, received_at = matter.appeal.appeal_number, matter.registered.lodged_at
    receiver = matter.registered.received_by
    words = {
        "number": same(number),
        "at": moment_text(received_at),
        "day": day_text(matter.appeal.registered_on),
        "platform": matter.name_of(matter.appeal.platform),
        **_receiver_words(receiver),
    }
    key = "ticketReceiver" if receiver else "ticketPlatform"
    text = join([fill(sentences()[each], words) for each in ("ticket", key)])
    return Ticket(number, received_at, matter.appeal.registered_on, receiver, text)


def _receiver_words(receiver: Receiver | None) -> dict[str, LocalText]:
    if receiver is None:
        return {}
    return {"receiver": same(receiver.name), "post": same(receiver.post), "office": same(receiver.office)}


def notify(
    matter: Matter,
    step: NotifiedStep,
    *further: str,
    term: TermOpened | None = None,
    case_number: str | None = None,
    documents: tuple[DocumentRef, ...] = (),
    findings: tuple[Finding, ...] = (),
    sentence: str | None = None,
    right: Decision | None = None,
    more: LocalText | None = None,
    words: Mapping[str, LocalText] = MappingProxyType({}),
    **further_words: LocalText,
) -> OutgoingIntent:
    """A notice of ``step``: its sentence (or ``sentence`` instead) and ``further`` ones, filled with ``words``.

    ``term`` gives the sentences their {due} and {article}; ``findings`` are told behind them, each with its cure.
    ``right``: what opened the applicant's right that the sentences speak of; its last day is told too, and what becomes
    of one who misses it (Art. 92, 136(8)). ``more``: told last, as it is.
    """
    given = {"number": same(matter.appeal.appeal_number), **words, **further_words}
    if term is not None:
        given |= {"due": due_text(term), "article": article_text(term.article)}
    if (opened := _opened_in(right)) is not None:
        further += ("rightUntil", "lateClaim" if opened.duty.startswith("claim_") else "lateComplaint")
        given |= {"right_due": due_text(opened), "right_article": article_text(opened.article)}
    sentences_filled = [fill(sentences()[key], given) for key in (sentence or step.value, *further)]
    gaps = [part for each in findings for part in (each.text, each.cure)]
    text = join([*sentences_filled, *gaps, *([more] if more else [])])
    notice = NotifyApplicant(
        appeal_number=matter.appeal.appeal_number,
        step=step,
        at=matter.moment.now,
        text=text,
        term=notice_of(term) if term else None,
        case_number=case_number,
        documents=documents,
        language=matter.registered.language,
    )
    return OutgoingIntent(matter.appeal.platform, notice)


def _opened_in(right: Decision | None) -> TermOpened | None:
    facts = right.facts if right else ()
    return next((fact for fact in reversed(facts) if isinstance(fact, TermOpened)), None)


def notify_lapsed(matter: Matter, term: TermOpened) -> OutgoingIntent:
    """A right to contest is over: what is lost, and how the term may be asked back (Art. 92(2), 136(7), 136(8))."""
    key = "claimTermOver" if term.duty.startswith("claim_") else "complaintTermOver"
    body = matter.name_of(term.body) if term.body else same("")
    return notify(matter, NotifiedStep.RIGHT_LAPSED, key, term=term, duty=term_wording(term), body=body)


@cache
def sentences() -> dict[str, LocalText]:
    """Every sentence by its key in ``law/notices.toml``."""
    return {key: read_text(f"notices {key}", table) for key, table in read_law_file("notices").items()}
