"""What the console lists an appeal by, and what it counts as in reports, read off its history."""

from __future__ import annotations

from dataclasses import replace

from contracts import codec
from contracts.errors import ContractError
from contracts.payloads import RegisterAppeal
from dossier.case.appeal import Appeal
from dossier.case.event_form import event_from_bytes
from dossier.case.events import AppealRegistered, Event
from dossier.case.history import fold
from dossier.case.term_entries import term_entries
from gateway.domain.people.persons import PersonKey
from gateway.domain.reports.figures import count
from gateway.ports.appeals import ListedAppeal, Unread


def listed(unread: Unread, key: PersonKey | None) -> ListedAppeal:
    """One line, with digests of applicant and representative where there is a key."""
    events = tuple(event_from_bytes(content) for content in unread.events)
    line = _line(unread, events, fold(events))
    if key is None:
        return line
    numbers = frozenset() if unread.registration is None else numbers_in(unread.registration)
    return replace(line, persons_key=key.name, persons=frozenset(map(key.digest, numbers)))


def numbers_in(registration: bytes) -> frozenset[str]:
    """IIN and BIN of whom an appeal is about; none in what this release cannot read."""
    try:
        payload = codec.parse_operation(registration).payload
    except ContractError:
        return frozenset()
    if not isinstance(payload, RegisterAppeal):
        return frozenset()
    representative = payload.representative.iin if payload.representative else None
    return frozenset(number for number in (payload.applicant.iin_bin, representative) if number)


def _line(unread: Unread, events: tuple[Event, ...], appeal: Appeal) -> ListedAppeal:
    first = events[0].fact
    return ListedAppeal(
        conversation_id=unread.conversation_id,
        opened_at=unread.opened_at,
        seq=len(events),
        status=appeal.status,
        subject=first.subject if isinstance(first, AppealRegistered) else "",
        body=appeal.body,
        case_number=appeal.case_number,
        disagreed=appeal.disagreement is not None,
        missed=sum(term.is_violated for term in term_entries(events)),
        counted=count(events, appeal),
        persons_key=None,
        persons=frozenset(),
    )
