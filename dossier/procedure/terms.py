"""Legal terms: when a duty that begins now falls due, and when who owes it is reminded.

АППК Art. 76(2): counting starts with the day after; Art. 76(5): an end on a day off moves to the next working day.
Months end on the same date of the last month or on its last day (ГПК Art. 123). The Code has no general article on
counting; these rules are applied to all its terms by analogy.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import assert_never

from contracts.header import ConversationId
from contracts.party import PartyId
from contracts.payloads import AppealKind, TermNotice
from dossier.case.events import TermOpened
from dossier.procedure.law.calendar import ZONE_NAME, Calendar, end_of, local_date, start_of, tzdata_version
from dossier.procedure.law.rules import CountsFrom, LawDuty, LawRules, Starts, TermUnit

EXTENSION = "extension"


def open_term(
    duty: str,
    *,
    party: PartyId,
    started_at: datetime,
    index: int,
    conversation_id: ConversationId,
    rules: LawRules,
    calendar: Calendar,
    kind: AppealKind | None = None,
    subject: str = "",
    by: str | None = None,
    until: date | None = None,
) -> TermOpened:
    """The term of ``duty`` for ``party``, begun at ``started_at``, which may be long past.

    ``index`` counts the conversation's terms from 1 and makes the id. ``kind`` and ``subject`` are the appeal's.
    ``by``: the duty by whose row the term is counted, where that is not its own, as ``extension``. ``until``: the last
    day as a person set it, checked by the caller; rules in seconds cannot be told by a day, there the row's length
    stands. Raises ``UnusableLaw`` when no row holds on that day.
    """
    row = rules.duty(by or duty, local_date(started_at), kind=kind, subject=subject)
    due_at = _due_at(row, started_at, until, calendar)
    return TermOpened(
        term_id=f"{conversation_id}/t{index}",
        duty=duty,
        article=row.article,
        party=party,
        started_at=started_at,
        due_on=local_date(due_at),
        due_at=due_at,
        zone=ZONE_NAME,
        rules_version=rules.version,
        calendar_version=calendar.version,
        tzdata_version=tzdata_version(),
        remind_at=_remind_at(row, started_at, due_at, calendar),
    )


def _due_at(row: LawDuty, started_at: datetime, until: date | None, calendar: Calendar) -> datetime:
    if row.unit is TermUnit.SECONDS:
        return started_at + timedelta(seconds=row.length)
    if until is not None:
        return end_of(calendar.next_working_day(until))
    return end_of(due_day(row, local_date(started_at), calendar))


def _remind_at(row: LawDuty, started_at: datetime, due_at: datetime, calendar: Calendar) -> datetime | None:
    """The start of the working day that the row names; None where the term has not begun by then."""
    if row.remind_before is None:
        return None
    if row.unit is TermUnit.SECONDS:
        instant = due_at - timedelta(seconds=row.remind_before)
    else:
        instant = start_of(calendar.working_days_before(local_date(due_at), row.remind_before))
    return instant if instant > started_at else None


def latest_extension(decided_on: date, rules: LawRules, calendar: Calendar) -> date:
    """The last day that an extension decided on ``decided_on`` may reach; in the sandbox any day (see above)."""
    row = rules.duty(EXTENSION, decided_on)
    return date.max if row.unit is TermUnit.SECONDS else due_day(row, decided_on, calendar)


def starting_instant(
    duty: str, now: datetime, rules: LawRules, calendar: Calendar, *, kind: AppealKind | None = None, subject: str = ""
) -> datetime:
    """When a duty caused at ``now`` begins: one that starts with registration waits for the day of registration."""
    row = rules.duty(duty, local_date(now), kind=kind, subject=subject)
    if row.unit is TermUnit.SECONDS or row.starts is not Starts.REGISTRATION:
        return now
    return max(now, start_of(calendar.registration_day(now, closes_at=rules.closes_at)))


def due_day(duty: LawDuty, start: date, calendar: Calendar) -> date:
    """The last local day of a term that begins on ``start`` and is not counted in seconds.

    Where that day itself is the first one, it ends as one that began on the eve.
    """
    if duty.counts_from is CountsFrom.SAME_DAY:
        start -= timedelta(days=1)
    match duty.unit:
        case TermUnit.WORKING_DAYS:
            return calendar.add_working_days(start, duty.length)
        case TermUnit.CALENDAR_DAYS:
            return calendar.next_working_day(start + timedelta(days=duty.length))
        case TermUnit.MONTHS:
            return calendar.next_working_day(add_months(start, duty.length))
        case TermUnit.SECONDS:
            raise ValueError(f"{duty.key} is counted in seconds and has no due day of its own")
        case _:
            assert_never(duty.unit)


def add_months(day: date, months: int) -> date:
    """The same date ``months`` later, or the last day of that month where it has no such date (ГПК Art. 123)."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def notice_of(term: TermOpened) -> TermNotice:
    """The term as its addressee is told of it."""
    return TermNotice(term.article, term.due_on, term.due_at, term.rules_version)
