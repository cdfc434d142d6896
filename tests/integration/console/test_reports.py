"""Reports over real cases: what became of them, every figure with its list behind it, and who may take them away."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator

import pytest

from gateway.domain.people.access import UserRole
from gateway.domain.reports.definitions import DEFINITIONS
from gateway.domain.reports.figures import Figure, GroupBy
from gateway.ports.reports import CountedAppealsQuery, ReportQuery
from tests.integration.console.test_access import ConsoleClient, a_client
from tests.worlds.console.reports_day import every_end
from tests.worlds.console.seat import Seat
from tests.worlds.exchange.world import AKIMAT, JER


@pytest.fixture
async def ends(seat: Seat) -> dict[str, str]:
    return await every_end(seat.world)


@pytest.fixture
async def client(seat: Seat) -> AsyncIterator[ConsoleClient]:
    async with a_client(seat) as made:
        made.http.headers["Accept-Language"] = "en"
        yield made


async def as_a(client: ConsoleClient, role: UserRole) -> None:
    await client.sign_in(await client.seat.user(f"a-{role}", role))


def year(seat: Seat) -> tuple[object, object]:
    """The days of the world's year."""
    now = seat.world.clock.now()
    return now.date().replace(month=1, day=1), now.date().replace(month=12, day=31)


async def test_what_became_of_real_cases_is_what_is_counted(seat: Seat, ends: dict[str, str]):
    (line,) = await seat.world.exchange.store.run(ReportQuery(*year(seat)))
    counted = {figure.value: count for figure, count in line.tally.items() if count}
    assert counted == {
        "received": 6, "on_time": 1, "late": 1, "silent": 2, "open": 2, "extended": 1, "disagreed": 1, "court": 1,
        "granted": 1,
    }  # fmt: skip


@pytest.mark.parametrize("figure", Figure)
async def test_behind_each_figure_are_the_cases_it_counts(seat: Seat, ends: dict[str, str], figure: Figure):
    store, days = seat.world.exchange.store, year(seat)
    rows = await store.run(CountedAppealsQuery(*days, figure))
    (line,) = await store.run(ReportQuery(*days))
    assert len(rows) == line.tally[figure]
    known = {
        Figure.ON_TIME: {"on_time"}, Figure.LATE: {"late"}, Figure.SILENT: {"silent", "court"},
        Figure.EXTENDED: {"extended"}, Figure.GRANTED: {"court"}, Figure.COURT: {"court"},
    }  # fmt: skip
    if figure in known:
        assert {row.appeal.appeal_number for row in rows} == {ends[name] for name in known[figure]}


async def test_every_link_of_the_page_leads_to_a_list_as_long_as_its_figure(
    client: ConsoleClient, ends: dict[str, str]
):
    await as_a(client, UserRole.VIEWER)
    status, text = await client.get("/reports")
    assert status == 200
    links = re.findall(r'href="/console(/reports/appeals\?[^"]*)">(?:<b>)?(\d+)<', text)
    assert len(links) > 20
    for path, figure in dict.fromkeys(links):
        status, behind = await client.get(path.replace("&amp;", "&"))
        listed = set(re.findall(r'<th scope="row" class="whole"><a href="/console/appeals/([^"]*)"', behind))
        assert (status, len(listed)) == (200, int(figure)), path


@pytest.mark.parametrize("by", ["body", "region", "subject", "month"])
async def test_lines_are_told_apart_and_their_figures_add_up(client: ConsoleClient, ends: dict[str, str], by: str):
    await as_a(client, UserRole.OPERATOR)
    status, text = await client.get(f"/reports.csv?by={by}")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    headings, lines = rows[0], rows[1 : rows.index([])]
    *reported, total = [dict(zip(headings, row, strict=True)) for row in lines]
    assert (status, total[by], total["received"]) == (200, "total", "6")
    for figure in Figure:
        assert sum(int(line[figure]) for line in reported) == int(total[figure])
    names = {line[by] for line in reported}
    expected = {"body": {AKIMAT, JER}, "subject": {"HOUSING-QUEUE", "LAND-LEASE"}}
    assert names == expected.get(by, names)
    meanings = {row[0]: row[2] for row in rows[rows.index([]) + 1 :]}
    assert meanings["late"] == DEFINITIONS[Figure.LATE].meaning.en


async def test_one_body_has_a_page_of_its_own_with_its_months(client: ConsoleClient, ends: dict[str, str]):
    await as_a(client, UserRole.AUDITOR)
    status, text = await client.get(f"/reports/one?among=body&of={AKIMAT}")
    assert status == 200
    assert "svg" in text
    status, where = await client.get("/reports/one")
    assert (status, where.partition("?")[0]) == (303, "/console/reports")
    days = r"since=[\d-]+&amp;until=[\d-]+"
    assert re.search(rf'/reports/appeals\?figure=late&amp;{days}&amp;among=body&amp;name={AKIMAT}"', text)


async def test_a_period_without_appeals_says_so_and_nonsense_is_this_month(client: ConsoleClient, ends: dict[str, str]):
    await as_a(client, UserRole.VIEWER)
    status, text = await client.get("/reports?period=2001")
    assert (status, "No appeal was registered in this period." in text) == (200, True)
    for nonsense in ("period=9999-99", "from=yesterday", "by=weather&sort=mood", "among=planet&of=mars", "figure=none"):
        status, text = await client.get(f"/reports?{nonsense}")
        assert (status, "No appeal was registered" in text) == (200, False), nonsense


async def test_free_days_are_taken_before_a_named_period(client: ConsoleClient, ends: dict[str, str]):
    await as_a(client, UserRole.VIEWER)
    today = client.seat.world.clock.now().date()
    status, text = await client.get(f"/reports?period=2001&from={today}&to={today}")
    assert (status, f"{today} – {today}" in text) == (200, True)


async def test_who_may_not_export_gets_no_file_and_is_offered_none(client: ConsoleClient, ends: dict[str, str]):
    await as_a(client, UserRole.VIEWER)
    _, text = await client.get("/reports")
    assert "reports.csv" not in text
    assert (await client.get("/reports.csv"))[0] == 403


async def test_a_line_of_few_appeals_is_marked(client: ConsoleClient, ends: dict[str, str]):
    await as_a(client, UserRole.VIEWER)
    _, text = await client.get(f"/reports?by={GroupBy.SUBJECT}")
    assert text.count('<small class="under">few</small>') == 2
