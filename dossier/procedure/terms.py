"""Legal terms: when a duty that begins now falls due.

АППК Art. 76(2): counting starts with the day after; Art. 76(5): an end on a day off moves to the next working day.
Months end on the same date of the last month or on its last day (ГПК Art. 123). The Code has no general article on
counting; these rules are applied to all its terms by analogy.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date, datetime, timedelta

from contracts.header import ConversationId
from contracts.party import PartyId
from contracts.payloads import TermNotice
from dossier.events import TermOpened
from dossier.procedure.calendar import ZONE_NAME, Calendar, end_of, local_date, start_of, tzdata_version
from dossier.procedure.rules import Duty, Rules, Unit

STARTS_WITH_REGISTRATION = "registration"


def open_term(
    duty: str,
    *,
    party: PartyId,
    started_at: datetime,
    index: int,
    conversation_id: ConversationId,
    rules: Rules,
    calendar: Calendar,
) -> TermOpened:
    """The term of ``duty`` for ``party``. ``index`` counts the conversation's terms from 1 and makes the id."""
    row = rules.duty(duty, local_date(started_at))
    if row.unit is Unit.SECONDS:
        due_at = started_at + timedelta(seconds=row.length)
    else:
        due_at = end_of(due_day(row, local_date(started_at), calendar))
    return _term(row, party, started_at, due_at, index, conversation_id, rules, calendar)


def open_extended_term(
    duty: str,
    *,
    party: PartyId,
    started_at: datetime,
    until: date,
    index: int,
    conversation_id: ConversationId,
    rules: Rules,
    calendar: Calendar,
) -> TermOpened:
    """АППК Art. 76(3): ``duty`` until the day that the body named, which the caller has checked.

    Rules in seconds cannot be told by a date: there the extension has the length that they give it.
    """
    row = rules.duty("extension", local_date(started_at))
    due_at = started_at + timedelta(seconds=row.length) if row.unit is Unit.SECONDS else end_of(until)
    term = _term(row, party, started_at, due_at, index, conversation_id, rules, calendar)
    return replace(term, duty=duty)


def latest_extension(decided_on: date, rules: Rules, calendar: Calendar) -> date:
    """The last day that an extension decided on ``decided_on`` may reach; in the sandbox any day (see above)."""
    row = rules.duty("extension", decided_on)
    return date.max if row.unit is Unit.SECONDS else due_day(row, decided_on, calendar)


def starting_instant(duty: str, now: datetime, rules: Rules, calendar: Calendar) -> datetime:
    """When a duty caused at ``now`` begins: one that starts with registration waits for the day of registration."""
    row = rules.duty(duty, local_date(now))
    if row.unit is Unit.SECONDS or row.starts != STARTS_WITH_REGISTRATION:
        return now
    return max(now, start_of(calendar.registration_day(now, closes_at=rules.closes_at)))


def due_day(duty: Duty, start: date, calendar: Calendar) -> date:
    """The last local day of a term that begins on ``start`` and is not counted in seconds."""
    match duty.unit:
        case Unit.WORKING_DAYS:
            return calendar.add_working_days(start, duty.length)
        case Unit.CALENDAR_DAYS:
            return calendar.next_working_day(start + timedelta(days=duty.length))
        case Unit.MONTHS:
            return calendar.next_working_day(add_months(start, duty.length))
        case Unit.SECONDS:
            raise ValueError(f"{duty.key} is counted in seconds and has no due day of its own")


def add_months(day: date, months: int) -> date:
    """The same date ``months`` later, or the last day of that month where it has no such date (ГПК Art. 123)."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def notice_of(term: TermOpened) -> TermNotice:
    """The term as its addressee is told of it."""
    return TermNotice(term.article, term.due_on, term.due_at, term.rules_version)


def _term(
    row: Duty,
    party: PartyId,
    started_at: datetime,
    due_at: datetime,
    index: int,
    conversation_id: ConversationId,
    rules: Rules,
    calendar: Calendar,
) -> TermOpened:
    return TermOpened(
        term_id=f"{conversation_id}/t{index}",
        duty=row.key,
        article=row.article,
        party=party,
        started_at=started_at,
        due_on=local_date(due_at),
        due_at=due_at,
        zone=ZONE_NAME,
        rules_version=rules.version,
        calendar_version=calendar.version,
        tzdata_version=tzdata_version(),
    )
