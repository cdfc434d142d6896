"""``dalel deliveries``: what is where, why, since when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from contracts.party import LocalText
from dossier.case.narration import action_text
from gateway.cli import words
from gateway.cli.deliveries.acts import add_acts
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
from gateway.config.settings import Settings, load_settings
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import DeliveryPageQuery, ListAttempts

if TYPE_CHECKING:
    from gateway.ports.deliveries import AttemptRow, DeliveryRow

app = typer.Typer(help="The delivery log.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="Number of the delivery, from the list.", show_default=False)]


@app.command(name="list")
def list_deliveries(
    home: Home = DEFAULT_HOME,
    state: Annotated[DeliveryState | None, typer.Option(help="Only those in this state.")] = None,
    recipient: Annotated[str | None, typer.Option(help="Only those to this party.")] = None,
    appeal: Annotated[str | None, typer.Option(help="Only those of this appeal number.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 50,
    before: Annotated[int | None, typer.Option(help="Go on from this number.")] = None,
    lang: Lang = CliLanguage.RU,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """List deliveries, newest first.

    Examples: dalel deliveries list --state retry_scheduled · dalel deliveries list --recipient smas-almaty
    """
    from contracts.party import PartyId
    from gateway.cli.store import read

    who = PartyId(recipient) if recipient else None
    rows = read(
        load_settings(home),
        lambda store: store.run(
            DeliveryPageQuery(state=state, recipient=who, appeal=appeal, limit=limit, before=before)
        ),
    )
    if as_json:
        print_json(rows)
    elif rows:
        out.print(delivery_table(rows, lang))
    else:
        out.print(localized(words.NONE_MATCH, lang))


@app.command()
def show(
    number: Number,
    home: Home = DEFAULT_HOME,
    lang: Lang = CliLanguage.RU,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Show one delivery with every attempt, whether its party is left alone, and when people were told.

    Example: dalel deliveries show 12
    """
    from gateway.cli.deliveries.held import held, held_lines
    from gateway.cli.store import read

    settings = load_settings(home)
    row, attempts = _one(settings, number)
    context = read(settings, lambda store: held(store, row))
    if as_json:
        details = {"circuit": context.circuit, "escalations": context.escalations}
        print_json({"delivery": row, "attempts": attempts, **details})
        return
    out.print(delivery_table([row], lang))
    out.print(attempt_table(attempts, lang))
    for line in held_lines(context, lang):
        out.print(line, soft_wrap=True)
    out.print(f"message {row.message_id} · digest {row.digest}", soft_wrap=True)


add_acts(app)


def _one(settings: Settings, number: int) -> tuple[DeliveryRow, tuple[AttemptRow, ...]]:
    """Keyset paging finds it: the newest one before the next number."""
    from gateway.cli.store import read
    from gateway.store.database import SqlReader

    async def find(store: SqlReader) -> tuple[tuple[DeliveryRow, ...], tuple[AttemptRow, ...]]:
        return await store.run(DeliveryPageQuery(before=number + 1, limit=1)), await store.run(ListAttempts(number))

    rows, attempts = read(settings, find)
    if not rows or rows[0].delivery_id != number:
        raise CommandFailed(f"There is no delivery {number}. See them with: dalel deliveries list")
    return rows[0], attempts


def delivery_table(rows: tuple[DeliveryRow, ...] | list[DeliveryRow], lang: CliLanguage) -> Table:
    """Deliveries for people."""
    headings = (words.NUMBER, words.TO, words.MESSAGE, words.STATE, words.TRIED, words.SINCE, words.NEXT, words.DETAIL)
    table = _table(words.DELIVERIES, headings, lang)
    for row in rows:
        since, following = when(row.created_at), when(row.next_attempt_at)
        table.add_row(
            str(row.delivery_id), row.recipient, localized(action_text(row.action), lang),
            localized(words.DELIVERY_STATES[row.state], lang), str(row.attempts), since, following,
            _detail(row.code, row.detail),
        )  # fmt: skip
    return table


def attempt_table(attempts: tuple[AttemptRow, ...], lang: CliLanguage, *, title: LocalText = words.ATTEMPTS) -> Table:
    """Attempts for people."""
    headings = (words.NUMBER, words.STARTED, words.TOOK, words.OUTCOME, words.HTTP, words.DETAIL)
    table = _table(title, headings, lang)
    for attempt in attempts:
        took = f"{(attempt.finished_at - attempt.started_at).total_seconds():.2f} s" if attempt.finished_at else ""
        known = words.OUTCOMES.get(attempt.outcome or "")
        outcome = localized(known, lang) if known else attempt.outcome
        status = str(attempt.http_status or "")
        detail = _detail(attempt.code, attempt.detail)
        table.add_row(str(attempt.number), when(attempt.started_at), took, outcome, status, detail)
    return table


def _table(title: LocalText, headings: tuple[LocalText, ...], lang: CliLanguage) -> Table:
    table = Table(title=localized(title, lang))
    for heading in headings:
        table.add_column(localized(heading, lang), no_wrap=heading is words.NUMBER)
    return table


def _detail(code: str | None, detail: str | None) -> str:
    return escape(" ".join(filter(None, (code, detail))))
