"""``dalel backlog``: what waits for whom, and since when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from contracts.party import PartyId
from gateway.cli import words
from gateway.cli.frame import (
    DEFAULT_HOME,
    AsJson,
    CliLanguage,
    CommandFailed,
    Home,
    Lang,
    localized,
    out,
    print_json,
    when,
)
from gateway.cli.span import parse_span, span_text
from gateway.config.settings import load_settings
from gateway.domain.delivery.circuit import CircuitState
from gateway.ports.deliveries import ListBacklog, ListCircuits
from gateway.ports.parties import ListPauses

if TYPE_CHECKING:
    from gateway.domain.delivery.circuit import Circuit
    from gateway.ports.deliveries import Backlog
    from gateway.ports.parties import Pause
    from gateway.store.database import SqlReader

_COUNTS = ("waiting", "in_flight", "handed_out", "parked", "dead_lettered")


def backlog(
    home: Home = DEFAULT_HOME,
    fail_over: Annotated[
        str | None, typer.Option("--fail-over", help="Exit with 1 when the oldest is older than this: 15m, 1h, 3d.")
    ] = None,
    lang: Lang = CliLanguage.RU,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Tell party by party what has not ended, how old the oldest is, and when the party last acknowledged.

    The oldest is told without what people parked.
    Examples: dalel backlog --lang en · dalel backlog --json --fail-over 1h
    """
    from gateway.cli.store import read

    limit = parse_span(fail_over) if fail_over else None
    rows, circuits, paused = read(load_settings(home), _look)
    now = datetime.now(UTC)
    _print_json(rows, circuits, paused, now) if as_json else _print(rows, circuits, paused, now, lang)
    oldest = min((row.oldest_at for row in rows if row.oldest_at), default=None)
    if limit is not None and oldest is not None and now - oldest > limit:
        raise CommandFailed(f"The oldest waits for {span_text(now - oldest)}, longer than {span_text(limit)}.")


async def _look(store: SqlReader) -> tuple[tuple[Backlog, ...], Mapping[PartyId, Circuit], Mapping[PartyId, Pause]]:
    circuits = {circuit.party_id: circuit for circuit in await store.run(ListCircuits())}
    return await store.run(ListBacklog()), circuits, {pause.party_id: pause for pause in await store.run(ListPauses())}


def _print_json(
    rows: Sequence[Backlog], circuits: Mapping[PartyId, Circuit], paused: Mapping[PartyId, Pause], now: datetime
) -> None:
    print_json(
        {
            "parties": [_form(row, circuits.get(row.recipient), paused.get(row.recipient), now) for row in rows],
            "total": {name: sum(getattr(row, name) for row in rows) for name in _COUNTS},
            "oldest_s": max((_age_s(row, now) or 0 for row in rows), default=None),
        }
    )


def _form(row: Backlog, circuit: Circuit | None, pause: Pause | None, now: datetime) -> dict[str, object]:
    return {
        "recipient": row.recipient,
        **{name: getattr(row, name) for name in _COUNTS},
        "oldest_at": row.oldest_at,
        "oldest_s": _age_s(row, now),
        "last_receipt_at": row.last_receipt_at,
        "circuit": circuit.state if circuit else "closed",
        "paused_since": pause.since if pause else None,
    }


def _age_s(row: Backlog, now: datetime) -> float | None:
    return (now - row.oldest_at).total_seconds() if row.oldest_at else None


def _print(
    rows: Sequence[Backlog],
    circuits: Mapping[PartyId, Circuit],
    paused: Mapping[PartyId, Pause],
    now: datetime,
    lang: CliLanguage,
) -> None:
    if not rows:
        out.print(localized(words.NOTHING_WAITS, lang))
        return
    table = Table(title=localized(words.BACKLOG, lang))
    for heading in (words.TO, *words.BACKLOG_COUNTS, words.OLDEST, words.LAST_RECEIPT, words.CIRCUIT):
        table.add_column(localized(heading, lang))
    for row in rows:
        circuit = circuits.get(row.recipient)
        counts = (str(getattr(row, name)) for name in _COUNTS)
        oldest = span_text(now - row.oldest_at) if row.oldest_at else ""
        state = localized(words.CIRCUITS[circuit.state if circuit else CircuitState.CLOSED], lang)
        state = localized(words.PAUSED, lang) if row.recipient in paused else state
        table.add_row(row.recipient, *counts, oldest, when(row.last_receipt_at), state)
    table.add_section()
    table.add_row(localized(words.TOTAL, lang), *(str(sum(getattr(row, name) for row in rows)) for name in _COUNTS))
    out.print(table)
