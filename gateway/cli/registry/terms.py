"""The terms of delivery with each party, as ``dalel parties show`` prints them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from rich.markup import escape
from rich.table import Table

from contracts.party import Agreement, PartyId, Registry
from gateway.domain.delivery.quiet_form import written


def terms_of(registry: Registry, party: str | None) -> list[Agreement]:
    """Of each party, or of one; the default terms where the file says none."""
    agreed = {agreement.party_id: agreement for agreement in registry.agreements}
    ids: list[PartyId] = [one.party_id for one in registry.parties if party in {None, one.party_id}]
    return [agreed.get(party_id) or Agreement(party_id) for party_id in ids]


def terms_table(terms: Sequence[Agreement]) -> Table:
    """For people."""
    table = Table(title="Terms of delivery")
    for heading in ("party", "at once", "a minute", "waits", "left alone", "quiet hours (Almaty)", "people are told"):
        table.add_column(heading)
    for one in terms:
        cells = (
            one.party_id,
            str(one.most_at_once),
            str(one.most_per_minute or "no limit"),
            f"{_span(one.first_wait)} to {_span(one.longest_wait)}",
            f"after {one.breaker_after} without answer, {_span(min(one.breaker_rest, one.longest_wait))} and longer",
            written(one.quiet_hours) or "none",
            ", ".join(_span(after) for after in (one.warn_after, one.alarm_after, one.page_after)),
        )
        table.add_row(*map(escape, cells))
    return table


def _span(length: timedelta) -> str:
    """In the largest unit that it is a whole number of."""
    seconds = length.total_seconds()
    for unit, of in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds and seconds % of == 0:
            return f"{seconds / of:g} {unit}"
    return f"{seconds:g} s"
