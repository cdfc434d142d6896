"""What came, written as a scenario file would expect it: one place, so that a difference can be copied over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from enum import Enum

from contracts.payloads import (
    Deliverable,
    FileDossier,
    NotifyApplicant,
    NotifyBody,
    ProvideMaterials,
    ProvidePosition,
    Road,
)
from dossier.case.appeal import Term
from dossier.case.event_form import fact_kind
from dossier.case.events import Event, Fact, TermOpened
from dossier.procedure.law.calendar import local_date, zone
from dossier.rehearsal.cast import APPLICANT, PLATFORM
from dossier.rehearsal.play import SentMessage

Fields = dict[str, str]
Opened = Mapping[str, TermOpened]


def text_of(value: object) -> str:  # noqa: PLR0911 - one line per kind of value
    """A value as a file writes it: the applicant for the platform, instants by the clock on the wall in Almaty."""
    match value:
        case None:
            return "none"
        case bool():
            return str(value).lower()
        case Enum():
            return str(value.value)
        case datetime():
            return f"{value.astimezone(zone()):%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case tuple():
            return ", ".join(text_of(item) for item in value)
        case _:
            return APPLICANT if value == PLATFORM else str(value)


def given(values: Mapping[str, object]) -> Fields:
    """The values that are there, as text."""
    return {key: text_of(value) for key, value in values.items() if value is not None}


def written(values: Mapping[str, str]) -> str:
    """The fields in one line."""
    return ", ".join(f"{key}: {value}" for key, value in values.items())


# --- facts


def fact_fields(fact: Fact, opened: Opened) -> Fields:
    """The fact's own fields; of one about a term also whose duty it is and which."""
    own = {field.name: getattr(fact, field.name) for field in fields(fact) if field.name != "term_id"}
    term = opened.get(getattr(fact, "term_id", ""))
    of_term = {} if term is None else {"duty": term.duty, "party": term.party}
    return {key: text_of(value) for key, value in {**of_term, **own}.items()}


def fact_line(event: Event, opened: Opened) -> str:
    """Local day, kind, fields."""
    shown = {key: value for key, value in fact_fields(event.fact, opened).items() if value != "none"}
    return f"{local_date(event.took_place_at)} {fact_kind(event.fact)} {written(shown)}".rstrip()


# --- terms


def term_fields(term: Term) -> Fields:
    """What a file may say of a term."""
    opened = term.opened
    return given(
        {
            "duty": opened.duty,
            "party": opened.party,
            "article": opened.article,
            "due": opened.due_on,
            "state": term.state,
            "late": term.late,
            "begins": local_date(opened.started_at),
            "reminder": local_date(opened.remind_at) if opened.remind_at else None,
        }
    )


# --- messages


def message_name(payload: Deliverable) -> str:
    """Notices by the step that they tell, all others by their action."""
    match payload:
        case NotifyApplicant():
            return payload.step.value
        case NotifyBody():
            return payload.notice.value
        case _:
            return type(payload).__name__


def message_fields(sent: SentMessage) -> Fields:
    """What a file may say of a message."""
    payload = sent.intent.payload
    term = getattr(payload, "term", None)
    return given(
        {
            "on": local_date(sent.at),
            "to": sent.intent.recipient,
            "what": message_name(payload),
            "due": term.due_on if term else None,
            "about": payload.about if isinstance(payload, NotifyBody) else None,
            "purpose": payload.purpose if isinstance(payload, FileDossier) else None,
            "items": payload.items if isinstance(payload, ProvideMaterials | ProvidePosition) else None,
            "says": payload.text.ru if isinstance(payload, NotifyApplicant | NotifyBody) else None,
        }
    )


def road_fields(road: Road) -> Fields:
    """What a file may say of a road; ``until`` is written also where the law sets no day."""
    return {
        key: text_of(value)
        for key, value in {
            "kind": road.kind,
            "article": road.article,
            "until": road.until,
            "to": road.to,
            "through": road.through,
        }.items()
    }
