"""Reports on both databases: kept by the loop that lists, added up by day, and each figure with its list behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import delete

from contracts.header import ConversationId
from contracts.party import PartyId
from contracts.payloads import ClaimKind, DecisionKind, RoadKind
from dossier.case.duties import CONSIDERATION
from dossier.case.events import (
    AppealAssigned,
    AppealRedirected,
    Disagreed,
    Replied,
    ReplyResembled,
    RoadTaken,
    TermBreached,
    TermMet,
)
from gateway.domain.reports.definitions import rate
from gateway.domain.reports.figures import FORM, Figure, GroupBy
from gateway.ports.appeals import ListingWrite, ListMovedHistories, ListUnlisted, ListUnread, LoadListing, Recount
from gateway.ports.reports import CountedAppealsQuery, ReportQuery
from gateway.service.cases.listing import listed
from gateway.store.database import SqlStore
from gateway.store.engine.connect import writing_engine
from gateway.store.tables import reported_bodies
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import AKIMAT, JER, MINUTE, NOON, conversation_id, opening, registered, term, writing

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
DECEMBER = (date(2026, 12, 1), date(2026, 12, 31))
BOTH = (NOVEMBER[0], DECEMBER[1])
REPLIED = Replied(AKIMAT, DecisionKind.REFUSED, "12-7", date(2026, 11, 20), states_appeal_road=True)


async def appeal(
    store: SqlStore, number: int, *facts: object, day: date = date(2026, 11, 24), kato: str = "750000000",
    body: PartyId = AKIMAT, subject: str = "LAND-LEASE",
) -> ConversationId:  # fmt: skip
    """An appeal with a body, its term, and what happened then."""
    conversation, name = conversation_id(), f"DL-2026-{number:010}"
    first = registered(name, registered_on=day, kato=kato, subject=subject)
    reported_by = (first, AppealAssigned(body), term("t", duty=CONSIDERATION, party=body), *facts)
    at = NOON + number * MINUTE
    await store.run(opening(conversation_id=conversation, at=at, facts=reported_by, appeal_number=name))
    return conversation


async def list_moved(store: SqlStore) -> None:
    at = await store.run(LoadListing())
    moved = await store.run(ListMovedHistories(at.leaf_id, settled_before=NOON + timedelta(days=1), limit=100))
    lines = tuple(listed(one, None) for one in await store.run(ListUnread(moved.ids)))
    await store.run(ListingWrite(lines, moved.leaf_id, None))


async def reported_by(store: SqlStore, requested: ReportQuery) -> dict[str, dict[str, int]]:
    """Line by line, what is not nothing."""
    return {
        line.name: {figure.value: count for figure, count in line.tally.items() if count}
        for line in await store.run(requested)
    }


async def a_few(store: SqlStore) -> list[ConversationId]:
    """Five appeals of two months, two bodies, two regions and two subjects."""
    made = [
        await appeal(store, 1),
        await appeal(store, 2, REPLIED, TermMet("t", late=False), ReplyResembled(AKIMAT, 3, ())),
        await appeal(store, 3, TermBreached("t", JER), body=JER, kato="710000000"),
        await appeal(store, 4, TermBreached("t", AKIMAT), REPLIED, day=date(2026, 12, 1), subject="HOUSING-QUEUE"),
        await appeal(
            store, 5, REPLIED, TermMet("t", late=False), Disagreed(ClaimKind.CONTEST, "absent", AKIMAT),
            RoadTaken(RoadKind.COURT, "АППК 91", None), day=date(2026, 12, 2),
        ),
    ]  # fmt: skip
    await list_moved(store)
    return made


async def test_figures_are_told_by_body_region_subject_and_month(store: SqlStore):
    await a_few(store)
    whole = {"received": 5, "on_time": 2, "late": 1, "silent": 1, "open": 1, "formal": 1, "disagreed": 1, "court": 1}
    whole["pending"] = 1
    assert await reported_by(store, ReportQuery(*BOTH)) == {"": whole}
    by_body = await reported_by(store, ReportQuery(*BOTH, GroupBy.BODY))
    assert by_body[JER] == {"received": 1, "silent": 1}
    assert by_body[AKIMAT]["received"] == 4
    assert set(await reported_by(store, ReportQuery(*BOTH, GroupBy.REGION))) == {"71", "75"}
    assert (await reported_by(store, ReportQuery(*BOTH, GroupBy.SUBJECT)))["HOUSING-QUEUE"] == {
        "received": 1,
        "late": 1,
    }
    months = await reported_by(store, ReportQuery(*BOTH, GroupBy.MONTH))
    assert {month: line["received"] for month, line in months.items()} == {"2026-11": 3, "2026-12": 2}


async def test_a_period_takes_its_first_and_its_last_day_and_no_other(store: SqlStore):
    await a_few(store)
    received = {
        name: (await reported_by(store, ReportQuery(*days))).get("", {}).get("received", 0)
        for name, days in {
            "november": NOVEMBER,
            "december": DECEMBER,
            "the first": (DECEMBER[0], DECEMBER[0]),
            "the last": (date(2026, 11, 24), date(2026, 11, 24)),
            "between": (date(2026, 11, 25), date(2026, 11, 30)),
        }.items()
    }
    assert received == {"november": 3, "december": 2, "the first": 1, "the last": 3, "between": 0}


async def test_one_body_is_told_month_by_month(store: SqlStore):
    await a_few(store)
    requested = ReportQuery(*BOTH, GroupBy.MONTH, GroupBy.BODY, AKIMAT)
    assert {name: line["received"] for name, line in (await reported_by(store, requested)).items()} == {
        "2026-11": 2,
        "2026-12": 2,
    }


@pytest.mark.parametrize(("among", "names"), [(GroupBy.ALL, [""]), (GroupBy.BODY, [AKIMAT, JER]), (GroupBy.REGION,
["71", "75"]),
                                              (GroupBy.SUBJECT, ["LAND-LEASE", "HOUSING-QUEUE"])])  # fmt: skip
async def test_behind_every_figure_is_a_list_as_long_as_the_figure(store: SqlStore, among: GroupBy, names: list[str]):
    await a_few(store)
    for name in names:
        (line,) = await store.run(ReportQuery(*BOTH, among, among, name))
        for figure in Figure:
            rows = await store.run(CountedAppealsQuery(*BOTH, figure, among, name))
            assert len(rows) == line.tally[figure], (name, figure)
            assert all(figure in row.counted.figures for row in rows)


async def test_a_list_goes_on_where_it_ended(store: SqlStore):
    await a_few(store)
    first = await store.run(CountedAppealsQuery(*BOTH, limit=2))
    rest = await store.run(CountedAppealsQuery(*BOTH, after=first[-1].appeal.appeal_number))
    numbers = [row.appeal.appeal_number for row in (*first, *rest)]
    assert len(set(numbers)) == 5
    assert [row.counted.day for row in (*first, *rest)] == sorted(
        (row.counted.day for row in (*first, *rest)), reverse=True
    )


async def test_an_appeal_that_moves_is_taken_from_one_figure_and_added_to_another(
    store: SqlStore, look: SecondConnection
):
    (conversation, *_) = await a_few(store)
    await store.run(writing(conversation, 3, TermBreached("t", AKIMAT)))
    await list_moved(store)
    line = (await reported_by(store, ReportQuery(*BOTH)))[""]
    assert (line["received"], line["silent"], line.get("open", 0)) == (5, 2, 0)

    await store.run(writing(conversation, 4, replace(REPLIED, body=JER), AppealAssigned(JER)))
    await list_moved(store)
    by_body = await reported_by(store, ReportQuery(*BOTH, GroupBy.BODY))
    assert (by_body[AKIMAT]["received"], by_body[JER]["received"]) == (4, 2)  # and the akimat stays silent in it
    assert sum(row["received"] for row in look.rows("report_days") if row["kind"] is GroupBy.ALL) == 5


async def test_a_body_that_was_late_on_all_its_appeals_has_none_on_time_wherever_they_are_now(
    store: SqlStore, look: SecondConnection
):
    """Answered late, unanswered, sent on late and answered there in time, met late before the clock saw it."""
    late, on_time = TermBreached("t", AKIMAT), replace(REPLIED, body=JER)
    moved = (AppealRedirected(AKIMAT, JER, whole=True), AppealAssigned(JER), term("u", duty=CONSIDERATION, party=JER))
    await appeal(store, 1, late, REPLIED)
    await appeal(store, 2, late)
    sent_on = await appeal(store, 3, late, *moved, on_time, TermMet("u", late=False))
    await appeal(store, 4, REPLIED, TermMet("t", late=True))
    await list_moved(store)
    by_body = {line.name: line.tally for line in await store.run(ReportQuery(*BOTH, GroupBy.BODY))}
    assert (rate(by_body[AKIMAT]), rate(by_body[JER])) == ("0.0", "100.0")
    assert (by_body[AKIMAT][Figure.LATE], by_body[AKIMAT][Figure.SILENT]) == (3, 1)
    (whole,) = await store.run(ReportQuery(*BOTH))
    assert (whole.tally[Figure.RECEIVED], whole.tally[Figure.LATE], rate(whole.tally)) == (4, 3, "0.0")
    (behind,) = await store.run(CountedAppealsQuery(*BOTH, Figure.ON_TIME, GroupBy.BODY, JER))
    assert (behind.appeal.conversation_id, behind.counted.body) == (sent_on, JER)
    kept = look.rows("report_days")
    await store.run(Recount())
    assert look.rows("report_days") == kept


async def test_an_appeal_counted_by_the_former_release_is_taken_from_the_body_it_was_counted_with(
    store: SqlStore, look: SecondConnection, url: str
):
    """Which knows no parts: it is counted with the body that has it until it is read again."""
    (conversation, *_) = await a_few(store)
    before = look.rows("report_days")
    engine = writing_engine(url, connections=1)
    with engine.begin() as connection:
        connection.execute(delete(reported_bodies))
    engine.dispose()
    line = listed((await store.run(ListUnread((conversation,))))[0], None)
    await store.run(ListingWrite((line,), 0, None))
    assert look.rows("report_days") == before
    await store.run(Recount())
    assert look.rows("report_days") == before


async def test_what_was_written_twice_is_counted_once(store: SqlStore):
    (conversation, *_) = await a_few(store)
    line = listed((await store.run(ListUnread((conversation,))))[0], None)
    for _ in range(3):
        await store.run(ListingWrite((line,), 0, None))
    assert (await reported_by(store, ReportQuery(*BOTH)))[""]["received"] == 5


async def test_an_appeal_counted_by_other_rules_is_found_by_the_walk(store: SqlStore, look: SecondConnection):
    made = await a_few(store)
    assert await store.run(ListUnlisted("", persons_key=None, look_at=9, limit=9)) == ((), "")
    await store.run(Recount())
    assert {row["form"] for row in look.rows("reported_appeals")} == {0}
    assert (await store.run(ListUnlisted("", persons_key=None, look_at=9, limit=9)))[0] == tuple(sorted(made))
    lines = tuple(listed(one, None) for one in await store.run(ListUnread(tuple(made))))
    await store.run(ListingWrite(lines, 0, None))
    assert {row["form"] for row in look.rows("reported_appeals")} == {FORM}


async def test_sums_made_anew_are_those_that_were_kept(store: SqlStore, look: SecondConnection):
    await a_few(store)
    kept = look.rows("report_days")
    await store.run(Recount())
    assert look.rows("report_days") == kept
