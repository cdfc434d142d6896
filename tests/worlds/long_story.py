"""A case that has gone on for two years: five bodies, some sixty terms, five hundred events, two hundred documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from contracts.payloads import ClaimKind, DecisionKind, DocumentKind, RoadKind
from dossier.case import events as e
from dossier.packaging.material import DossierInput
from dossier.procedure.decision import CaseFile
from tests.worlds.dossiers import (
    AKIMAT,
    APPEAL,
    CONVERSATION,
    COURT,
    EXCHANGE,
    JER,
    NUMBER,
    PLATFORM,
    document,
    dossier_input,
)

BEGINS: Final = datetime(2024, 11, 4, 5, 0, tzinfo=UTC)
DUTIES: Final = ("consideration", "extension", "redirect", "hearing_objection", "materials", "review")


def long_events(count: int = 500) -> list[e.Event]:
    """Rounds of ten events: a term opens, work goes on, the term is met, met late, missed or left in silence."""
    registered = e.AppealRegistered(NUMBER, date(2024, 11, 4), APPEAL.subject, APPEAL.kato, "identification")
    facts: list[tuple[timedelta, object, e.Fact]] = [(timedelta(), PLATFORM, registered)]
    number = 0
    while len(facts) < count - 3:
        facts += _round(number)
        number += 1
    facts = facts[: count - 3]
    end = timedelta(days=number * 14 + 9)
    facts += [
        (end, PLATFORM, e.Disagreed(ClaimKind.CONTEST, "CMS")),
        (end, EXCHANGE, e.RoadTaken(RoadKind.COURT, "АППК 91(5)", date(2026, 11, 20), COURT)),
        (end, EXCHANGE, e.DossierOrdered(1, COURT)),
    ]
    return [
        e.Event(CONVERSATION, seq, BEGINS + after, actor, None, fact)
        for seq, (after, actor, fact) in enumerate(facts, 1)
    ]


def _round(number: int) -> list[tuple[timedelta, object, e.Fact]]:
    body, duty = (AKIMAT, JER)[number % 2], DUTIES[number % len(DUTIES)]
    begins = timedelta(days=number * 14)
    term = _term(number, duty, PLATFORM if duty == "hearing_objection" else body, BEGINS + begins)
    steps = [(begins, EXCHANGE, e.AppealAssigned(body)), (begins, EXCHANGE, term)]
    steps += [
        (begins + timedelta(days=day, minutes=7 * day), body, e.BodyRegistered(body, f"{number}/{day}"))
        for day in range(1, 6)
    ]
    return [*steps, *_ending(number, begins, body, term)]


def _ending(number: int, begins: timedelta, body, term: e.TermOpened) -> list[tuple[timedelta, object, e.Fact]]:
    replied = e.Replied(
        body, DecisionKind.EXPLAINED, f"{number}-ж", date(2025, 1, 9), states_appeal_road=number % 3 > 0
    )
    met = (begins + timedelta(days=6), EXCHANGE, e.TermMet(term.term_id, late=number % 4 == 1))
    answered = (begins + timedelta(days=6), body, replied)
    if term.duty == "materials":
        return [(begins + timedelta(days=11), EXCHANGE, e.DefaultRecorded(term.term_id, body))]
    if number % 4 == 2:
        return [(begins + timedelta(days=11), EXCHANGE, e.TermBreached(term.term_id, term.party)), answered]
    return [answered, met]


def _term(number: int, duty: str, party, started_at: datetime) -> e.TermOpened:
    due_on = (started_at + timedelta(days=10 if number % 4 != 1 else 4)).date()
    due_at = datetime(due_on.year, due_on.month, due_on.day, 18, 59, 59, 999999, tzinfo=UTC)
    return e.TermOpened(
        f"{CONVERSATION}/t{number}", duty, "АППК 76(1)", party, started_at, due_on, due_at,
        "Asia/Almaty", "appk-2026", "holidays 0.109", "2026.6",
    )  # fmt: skip


def long_input(*, events: int = 500, documents: int = 200) -> DossierInput:
    """The same parties and messages; documents that no message names, as the bench of the container has one."""
    narrated = long_events(events)
    held = tuple(
        document(
            n, DocumentKind.EVIDENCE, f"Дәлелдеме № {n}: ұзақ атаулы құжат", f"дәлел {n}.pdf", AKIMAT
        ).case_document
        for n in range(1, documents + 1)
    )
    return dossier_input(
        case=CaseFile(CONVERSATION, tuple(narrated), APPEAL),
        documents=tuple(replace(one, pages=3) for one in held),
        assembled_at=narrated[-1].at + timedelta(minutes=5),
    )
