"""Lists that go by time are read off an index either way round: no plan sorts what it found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event

from gateway.domain.people.access import UserRole
from gateway.lists.all import LISTS
from gateway.lists.listing import Listing, ListSource
from gateway.lists.models import OrderedPaging, SortOrder
from gateway.lists.reader import Reader
from gateway.ports.operations import Read
from gateway.ports.people.users import FindUserNames
from gateway.store import database  # noqa: F401 - which knows all reads
from gateway.store.engine.connect import writing_engine
from gateway.store.engine.migrate import migrate
from gateway.store.engine.operations import QUERIES
from gateway.texts.language import Catalogues, PageLanguage
from tests.worlds.builders import NOON

ORDERED = [listing for listing in LISTS if issubclass(listing.params, OrderedPaging)]
READER = Reader.of(Catalogues.packaged(), PageLanguage.EN, {}, role=UserRole.ADMIN, name="x", now=NOON)
NARROWED = {
    "deliveries": {"recipient": "jer-almaty"},
    "appeals": {"body": "jer-almaty"},
    "incidents": {"party": "jer-almaty", "state": "open"},
    "refusals": {"code": "NotXml"},
    "notes": {"which": "me"},
    "audit": {"by": "console:x", "act": "delivery.resent"},
    "accesses": {"reader": "user:7"},
}


class PlannedReads:
    """Runs reads as the store does, and keeps how each page of rows was planned."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self.plans = engine, list[str]()

    async def run(self, wanted: Read[Any]) -> Any:
        if isinstance(wanted, FindUserNames):
            return {}
        with self._engine.begin() as connection:
            if self._engine.dialect.name == "postgresql":  # which without rows would sort what it has read whole
                for way in ("seqscan", "bitmapscan", "sort"):
                    connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
            return QUERIES[type(wanted)](connection, wanted)


@pytest.fixture
def reads(url: str) -> Iterator[PlannedReads]:
    migrate(url)
    engine = writing_engine(url, connections=1)
    made = PlannedReads(engine)
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"

    @event.listens_for(engine, "before_cursor_execute")
    def look(connection, cursor, statement, parameters, context, executemany):
        if statement.startswith(("SELECT", "WITH")) and "ORDER BY" in statement:
            cursor.execute(f"{explain} {statement}", parameters)
            made.plans.append("\n".join(str(row[-1]) for row in cursor.fetchall()))

    yield made
    engine.dispose()


@pytest.mark.parametrize("order", SortOrder)
@pytest.mark.parametrize("is_narrowed", [False, True], ids=["all", "narrowed"])
@pytest.mark.parametrize("listing", ORDERED, ids=lambda listing: listing.key)
async def test_a_page_is_read_off_an_index_and_nothing_is_sorted(
    reads: PlannedReads, listing: Listing[Any, Any], order: SortOrder, *, is_narrowed: bool
):
    query = {"order": order.value} | (NARROWED[listing.key] if is_narrowed else {})
    await listing.page(ListSource(reads, figures=None), listing.parse(query), READER)
    assert reads.plans
    for plan in reads.plans:
        assert "TEMP B-TREE" not in plan
        assert "Sort" not in plan
        assert "Index" in plan or "INDEX" in plan or plan.startswith("SCAN")  # SQLite scans a table by its number
