"""What the ledger commits to for a row: RFC 8785 bytes, alike as inserted and as read, words behind a salt."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Column

from gateway.domain.trace import TraceContext
from gateway.store import tables as t
from gateway.store.ledger.leaf_text import leaf_of
from gateway.store.ledger.records import RECORD_OF, RECORDS, canonical, read_key
from gateway.store.tables.base import FreeText, InstantColumn, OneOf, SpanColumn, Trace

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
REFUSALS = RECORD_OF["refusals"]
ROW = {
    "refusal_id": 7,
    "at": NOW,
    "path": "/soap/v1/appeals",
    "remote": "10.0.0.1",
    "code": "NotXml",
    "detail": "Гүлнұр",
    "sender": None,
    "message_id": None,
    "request_sha256": "ab" * 32,
    "size": 12,
}
YEAR_2 = datetime(2, 1, 1)  # noqa: DTZ001 - hypothesis wants it bare
HEX_32, HEX_16 = (st.text("0123456789abcdef", min_size=size, max_size=size) for size in (32, 16))
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def leaf_text(row: dict, salt: bytes = b"s" * 32) -> str:
    content = leaf_of(REFUSALS, row, salt=salt, at=NOW).content
    assert content is not None
    return content.decode()


@given(
    st.dictionaries(st.from_regex(r"[a-z_]{1,12}", fullmatch=True), TEXT | st.booleans() | st.integers(0, 2**53 - 1))
)
def test_the_short_writer_writes_what_rfc_8785_demands(document):
    assert canonical(document) == rfc8785.dumps(document)


def values_of(column: Column) -> st.SearchStrategy:
    """What a column may hold; nothing only where it may be NULL."""
    kinds = {str: st.text(), int: st.integers(), bool: st.booleans(), bytes: st.binary() | st.binary().map(memoryview)}
    match column.type:
        case OneOf(enum=enum):
            values = st.sampled_from(list(enum))
        case SpanColumn():
            values = st.timedeltas(timedelta(0), timedelta(days=999))
        case InstantColumn():
            values = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5))]), min_value=YEAR_2)
        case FreeText():
            values = st.text()
        case Trace():
            values = st.builds(TraceContext, HEX_32, HEX_16, st.booleans())
        case other:
            values = kinds[other.python_type]
    return values | st.none() if column.nullable else values


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
@settings(max_examples=25)  # of each of many tables
@given(data=st.data(), salt=st.none() | st.binary(min_size=32, max_size=32))
def test_a_leaf_is_written_as_its_record_says(record, data, salt):
    row = data.draw(st.fixed_dictionaries({column.name: values_of(column) for column in record.table.columns}))
    leaf = leaf_of(record, row, salt=salt, at=NOW)
    assert leaf.content == canonical(record.content_of(row, salt))
    assert leaf.key == record.key_of(row)


def test_a_leaf_says_which_row_and_what_is_in_it():
    body = json.loads(leaf_text(ROW))
    assert (body["record"], body["key"], body["v"]) == ("refusals", [7], 1)
    assert body["row"] == {"refusal_id": 7, "at": "2026-11-24T07:00:00Z", "code": "NotXml", "size": 12}


def test_words_and_guessable_values_are_behind_the_salt_and_bound_by_it():
    assert not any(word in leaf_text(ROW) for word in ("Гүлнұр", "10.0.0.1", "ab" * 32))
    body = json.loads(leaf_text(ROW))["private"]
    assert body != json.loads(leaf_text({**ROW, "detail": "Айгүл"}))["private"]
    assert body != json.loads(leaf_text(ROW, b"t" * 32))["private"]


@given(TEXT)
def test_words_that_no_database_can_hold_make_the_bytes_of_what_is_kept(words):
    kept = t.refusals.c.detail.type.process_bind_param(words, None)
    assert leaf_text({**ROW, "detail": words}) == leaf_text({**ROW, "detail": kept})


def test_the_digest_is_that_of_the_bytes():
    leaf = leaf_of(REFUSALS, ROW, salt=b"s" * 32, at=NOW)
    assert leaf.digest == hashlib.sha256(leaf.content).digest()
    assert leaf.key == "[7]"


def test_a_column_that_is_absent_leaves_no_trace():
    without = {name: value for name, value in ROW.items() if value is not None}
    assert leaf_text(without) == leaf_text(ROW)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_every_column_of_a_record_is_in_the_clear_private_or_kept_apart_with_a_reason(record):
    reported = {*record.columns, *record.private, *record.kept_apart}
    if record.table is not t.deliveries:  # whose own state is working state, beside these two records
        assert reported == set(record.table.columns.keys())
    assert set(record.key) <= set(record.columns)


@pytest.mark.parametrize("text", ["", "{}", "[1,2]", '["1"]', "[true]", "[1.0]", "[null]", "nonsense"])
def test_what_is_no_key_of_a_table_is_none(text):
    assert read_key(text, t.refusals) is None
    assert read_key("[1]", t.refusals) == (1,)
