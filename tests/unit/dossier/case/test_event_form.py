"""Event bytes: the form that the ledger commits to."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.case import events as e
from dossier.case.event_form import (
    FACT_TYPES,
    LARGEST_INT,
    MalformedEvent,
    event_bytes,
    event_from_bytes,
    fact_from_json,
    fact_kind,
    fact_to_json,
    leaf_digest,
)
from tests.worlds.samples import EVENTS, FACTS, vectors

VECTORS = Path(__file__).parents[3] / "vectors" / "events.json"

st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
st.register_type_strategy(int, st.integers(-LARGEST_INT, LARGEST_INT))  # what RFC 8785 can write
FACT = st.one_of([st.from_type(fact_type) for fact_type in FACT_TYPES.values()])


@given(FACT)
@settings(max_examples=200)
def test_every_fact_survives_its_json_form(fact):
    through_json = json.loads(json.dumps(fact_to_json(fact)))
    assert fact_from_json(fact_kind(fact), through_json) == fact


@given(FACT)
@settings(max_examples=200)
def test_the_short_writer_writes_what_rfc_8785_demands(fact):
    event = replace(EVENTS[0], fact=fact)
    try:
        written = event_bytes(event)
    except ValueError:  # a lone surrogate or too great a number, which RFC 8785 does not have either
        with pytest.raises(ValueError):  # noqa: PT011 - the library's own error for each
            rfc8785.dumps(fact_to_json(fact))
    else:
        assert written == rfc8785.dumps(json.loads(written))


def test_a_number_that_json_does_not_have_everywhere_makes_no_event():
    body = json.loads(event_bytes(EVENTS[0]))
    beyond = json.dumps({**body, "seq": 2**53}, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    with pytest.raises(MalformedEvent):
        event_from_bytes(beyond)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: fact_kind(event.fact))
def test_every_event_is_read_back_from_its_bytes(event):
    assert event_from_bytes(event_bytes(event)) == event


def test_the_bytes_of_every_kind_are_what_they_have_always_been():
    assert vectors() == json.loads(VECTORS.read_text(encoding="utf-8"))


def test_there_is_a_sample_of_every_kind():
    assert sorted(fact_kind(fact) for fact in FACTS) == sorted(FACT_TYPES)
    assert len(FACT_TYPES) == len(get_args(e.Fact))


def test_an_instant_of_another_zone_is_written_in_utc():
    held_at = datetime.fromisoformat("2026-12-07T15:30:00+05:00")
    hearing = next(fact for fact in FACTS if isinstance(fact, e.HearingAnnounced))
    reported = fact_to_json(e.HearingAnnounced(hearing.body, hearing.form, held_at))
    assert reported["heldAt"] == "2026-12-07T10:30:00Z"


def test_an_instant_without_offset_is_refused():
    with pytest.raises(ValueError, match="without offset"):
        fact_to_json(e.HearingAnnounced("akimat", "oral", datetime(2026, 12, 7)))  # noqa: DTZ001 - the point


def test_what_is_absent_is_left_out():
    assert "messageId" not in json.loads(event_bytes(EVENTS[1]))
    assert "until" not in fact_to_json(e.CaseReported("registered", None, None))


def test_a_leaf_is_the_digest_of_the_bytes():
    assert leaf_digest(b"").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("appeal_vanished", {}),
        ("appeal_assigned", {}),
        ("appeal_assigned", {"body": 7}),
        ("appeal_assigned", {"body": "akimat", "name": "Б. Сұлтанов"}),
        ("term_met", {"termId": "c/t1", "late": "true"}),
        ("term_met", {"termId": "c/t1", "late": 1}),
        ("term_extended", {"body": "akimat", "until": "20270122"}),
        ("term_extended", {"body": "akimat", "until": "22.01.2027"}),
        ("documents_added", {"documents": "q"}),
        ("disagreed", {"claim": "revenge", "authenticated": "absent"}),
        ("hearing_announced", {"body": "a", "form": "oral", "heldAt": "2026-12-07T15:30:00+05:00"}),
    ],
)
def test_data_of_another_form_is_refused_and_never_guessed(kind, data):
    with pytest.raises(MalformedEvent):
        fact_from_json(kind, data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        event_bytes(EVENTS[0]) + b"\n",
        event_bytes(EVENTS[0]).replace(b'"v":1', b'"v":2'),
        event_bytes(EVENTS[0]).replace(b'"v":1', b'"v":1,"w":1'),
        event_bytes(EVENTS[0]).replace(b'"seq":1', b'"seq":"1"'),
        event_bytes(EVENTS[0]).replace(b'"akimat-almaty"', b"7"),
    ],
)
def test_bytes_of_another_form_are_no_event(data):
    with pytest.raises(MalformedEvent):
        event_from_bytes(data)


# Text fields of facts are ids and codes that the exchange, the registry or a body's chancery gives, never prose and
# never about a person. A new one must be argued for here.
CODES = {
    "appeal_number", "appeal_numbers", "subject", "kato", "authenticated",  # the exchange's and the platform's codes
    "number", "act_number",  # a body's registration and act numbers
    "term_id", "duty", "article", "zone", "rules_version", "calendar_version", "tzdata_version", "reason",  # the law's
    "sha256", "digest", "level", "action", "code", "case_number",  # of the dossier, our messages and the court
    "source", "source_number", "record", "parent_number",  # of the system that a case was imported from
    "authority", "certificate",  # who judged a signature, and the number of the certificate that made it
}  # fmt: skip


def test_no_fact_has_room_for_what_people_wrote():
    text_fields = {
        field.name
        for fact_type in FACT_TYPES.values()
        for field in fields(fact_type)
        if str in (hint := get_type_hints(fact_type)[field.name], *get_args(hint))
    }
    assert text_fields <= CODES


def test_facts_are_values_of_a_few_plain_types():
    plain = (str, int, bool, date, datetime)
    for fact_type in FACT_TYPES.values():
        for hint in get_type_hints(fact_type).values():
            for part in _parts(hint):
                base = getattr(part, "__supertype__", part)
                assert base in (*plain, type(None), ...) or issubclass(base, str)


def _parts(hint):
    return [part for arg in get_args(hint) for part in _parts(arg)] or [hint]
