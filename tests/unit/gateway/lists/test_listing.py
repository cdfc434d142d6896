"""What a list says of itself once is what its page, its file and its answers say."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, datetime
from urllib.parse import parse_qsl

import pytest

from gateway.console.csv_export import lines
from gateway.domain.people.access import UserRole
from gateway.lists.all import LISTS
from gateway.lists.cell import plain
from gateway.lists.column import Column, harmless
from gateway.lists.listing import Listing, ListRefusal, address
from gateway.lists.models import end_of, start_of
from gateway.lists.reader import Reader
from gateway.ports.refusals import RefusalRow
from gateway.texts.language import Catalogues, PageLanguage
from gateway.texts.times import ALMATY
from tests.worlds.builders import NOON

READER = Reader.of(Catalogues.packaged(), PageLanguage.RU, {}, role=UserRole.VIEWER, name="x", now=NOON)
BY_KEY = {listing.key: listing for listing in LISTS}
ACTS, REFUSALS = BY_KEY["audit"], BY_KEY["refusals"]

each = pytest.mark.parametrize("listing", LISTS, ids=lambda listing: listing.key)


def a_row(detail: str) -> RefusalRow:
    return RefusalRow(7, NOON, "/appeals", "::1", "NotXml", detail, None, None, "0" * 64, 6, None, None)


@each
def test_what_a_list_is_narrowed_by_on_its_page_is_a_parameter_of_it(listing: Listing):
    assert {field.name for field in listing.fields} <= set(listing.params.model_fields)
    assert "after" in listing.params.model_fields


@each
def test_no_two_columns_are_called_alike(listing: Listing):
    for called in ("key", "file"):
        names = [getattr(column, called) for column in listing.columns if getattr(column, called)]
        assert len(names) == len(set(names)), called


@each
@pytest.mark.parametrize("query", [{"after": "\0"}, {"no-such-parameter": "1"}, {"limit": "100000"}])
def test_every_list_refuses_what_it_does_not_know_by_name(listing: Listing, query: dict[str, str]):
    with pytest.raises(ListRefusal) as refused:
        listing.parse(query)
    assert refused.value.names == tuple(query)


@each
def test_what_is_blank_narrows_nothing(listing: Listing):
    assert listing.parse(dict.fromkeys(listing.params.model_fields, " ")) == listing.params()


@pytest.mark.parametrize(
    "query",
    [
        {"by": "aigerim", "refused": "true", "since": "2026-11-24", "after": "12"},
        {"since": "2026-11-24T00:00:00Z", "until": "2026-11-25T12:30:00+05:00"},
    ],
)
def test_a_list_survives_its_own_address(query: dict[str, str]):
    params = ACTS.parse(query)
    assert ACTS.parse(dict(parse_qsl(address(params)))) == params


def test_a_day_is_whole_in_almaty_and_an_instant_is_itself():
    day = date(2026, 11, 24)
    assert start_of(day) == datetime(2026, 11, 24, tzinfo=ALMATY)
    assert end_of(day) == datetime(2026, 11, 25, tzinfo=ALMATY)
    assert (start_of(NOON), end_of(NOON), end_of(date.max), start_of(None)) == (NOON, NOON, None, None)


def test_page_file_and_answer_say_the_same_of_a_row():
    row = a_row("плохо")
    (line,) = csv.DictReader(io.StringIO(lines([REFUSALS.headings, REFUSALS.cells(row, READER)]).decode(), newline=""))
    answer = REFUSALS.item_of(row, READER).model_dump()
    page = {column.key: plain(column.shown(row, READER), READER) for column in REFUSALS.shown(READER.role)}
    assert (line["detail"], answer["detail"], page["detail"]) == ("плохо", "плохо", "плохо")
    assert (line["at_almaty"], page["at"]) == ("2026-11-24 12:00:00", "2026-11-24 12:00:00")
    assert (line["sender_claimed"], answer["sender"], page["sender"]) == ("", None, "не сказано /appeals")


@pytest.mark.parametrize("words", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_peers_words_are_no_formula(words: str):
    assert harmless(words) == "'" + words
    assert REFUSALS.cells(a_row(words), READER)[REFUSALS.headings.index("detail")] == "'" + words


def test_a_new_column_is_one_line_of_the_description():
    """A column that the row has already: page, file and answer have it by the description alone."""
    columns = (*REFUSALS.columns, Column(key="answer_sha256", json=str | None, label="Answer", file="answer"))
    wider = replace(REFUSALS, columns=columns)
    row = a_row("x")
    assert "answer_sha256" in wider.item.model_fields
    assert wider.item_of(row, READER).model_dump()["answer_sha256"] is None
    assert wider.headings[-1] == "answer"
    assert wider.shown(READER.role)[-1].key == "answer_sha256"
