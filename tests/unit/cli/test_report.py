"""``dalel report``: the figures of the console, for people, as CSV and as JSON."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from datetime import date, datetime, timedelta

import pytest

from contracts.party import PartyId
from dossier.case.duties import CONSIDERATION
from dossier.case.events import AppealAssigned, TermBreached
from gateway.cli.frame import ALMATY, Exit
from gateway.config.settings import load_settings
from gateway.domain.reports.definitions import DEFINITIONS
from gateway.domain.reports.figures import Figure
from gateway.ports.appeals import ListingWrite, ListMovedHistories, ListUnread
from gateway.service.cases.listing import listed
from gateway.store.database import open_store
from tests.worlds.builders import AKIMAT, NOON, opening, registered, term


@pytest.fixture
def counted(home, monkeypatch):
    """A home in which two appeals of November and one of December were counted; the akimat let one term pass."""
    monkeypatch.setenv("DALEL_CONSOLE", "true")

    async def write() -> None:
        store = await open_store(load_settings(home).database_url, exchange=PartyId("dalel"))
        for number, day in enumerate((date(2026, 11, 24), date(2026, 11, 30), date(2026, 12, 1)), 1):
            name = f"DL-2026-{number:010}"
            reported = (registered(name, registered_on=day, subject="=1+1"), AppealAssigned(AKIMAT))
            reported = (*reported, term("t", duty=CONSIDERATION), *([TermBreached("t", AKIMAT)] if number == 1 else []))
            await store.run(opening(facts=reported, appeal_number=name))
        moved = await store.run(ListMovedHistories(0, settled_before=NOON + timedelta(days=1), limit=100))
        lines = tuple(listed(one, None) for one in await store.run(ListUnread(moved.ids)))
        await store.run(ListingWrite(lines, moved.leaf_id, None))
        await store.close()

    asyncio.run(write())
    return home


def test_a_month_is_told_by_body_for_people_with_what_each_figure_means(run, counted):
    reported = run("report", "2026-11", "--lang", "en", "--home", counted)
    assert reported.code == Exit.OK
    (line,) = [line for line in reported.out.splitlines() if line.startswith("│ Σ")]
    assert [cell.strip() for cell in line.split("│")[2:7]] == ["2", "0", "0", "1", "1"]
    assert DEFINITIONS[Figure.SILENT].meaning.en in reported.out


def test_json_has_every_figure_and_their_sum(run, counted):
    reported = json.loads(
        run("report", "--from", "2026-11-30", "--to", "2026-12-31", "--by", "month", "--json", "--home", counted).out
    )
    assert [(line["name"], line["received"], line["open"]) for line in reported["lines"]] == [
        ("2026-11", 1, 1),
        ("2026-12", 1, 1),
    ]
    assert reported["total"]["received"] == 2
    assert set(reported["total"]) == set(reported["figures"]) == {figure.value for figure in Figure}


def test_csv_has_all_figures_a_total_and_the_definitions_and_no_formula(run, counted):
    rows = list(
        csv.reader(
            io.StringIO(run("report", "2026", "--by", "subject", "--csv", "--lang", "kk", "--home", counted).out)
        )
    )
    headings, line, total = rows[:3]
    assert headings[4:] == [figure.value for figure in Figure]
    assert line[2:6] == ["'=1+1", "'=1+1", "3", "0"]
    assert total[2] == "total"
    assert total[headings.index("silent")] == "1"
    assert [row[0] for row in rows[4:-1]] == [figure.value for figure in Figure]
    assert rows[4][1] == DEFINITIONS[Figure.RECEIVED].name.kk


def test_sums_are_made_anew_and_come_to_the_same(run, counted):
    before = run("report", "2026", "--json", "--home", counted)
    assert run("report", "2026", "--json", "--recount", "--home", counted) == before


@pytest.mark.parametrize("words", [("2026-13",), ("2026-11", "--from", "2026-11-01"), ("--by", "weather")])
def test_what_is_no_period_or_no_kind_is_said_so(run, home, words):
    assert run("report", *words, "--home", home).code == Exit.USAGE


def test_this_month_is_told_where_none_is_named(run, counted):
    reported = json.loads(run("report", "--json", "--home", counted).out)
    assert reported["since"] == f"{datetime.now(ALMATY):%Y-%m-01}"


def test_a_home_without_a_console_says_that_nothing_is_counted_there(run, home):
    assert "console = true" in run("report", "2026", "--home", home).err
