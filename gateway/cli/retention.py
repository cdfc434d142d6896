"""``dalel retention``: what has been kept for long enough, and erasing it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.table import Table

from gateway.cli.frame import (
    DEFAULT_HOME,
    AsJson,
    CommandFailed,
    Exit,
    Home,
    err,
    operator,
    out,
    print_json,
)
from gateway.config.settings import Settings, load_settings
from gateway.domain.retention import RetentionKind

if TYPE_CHECKING:
    from gateway.service.retain import Sweep
    from gateway.store.database import SqlStore

app = typer.Typer(help="What is kept for how long, and erasing what was kept long enough.", no_args_is_help=True)

_WHAT: Final = {
    RetentionKind.CASES: "cases that are over: words, envelopes, documents",
    RetentionKind.DESK: "support desk: words of incidents and notes that are closed",
    RetentionKind.REFUSALS: "refusals: from where, of whom, why",
    RetentionKind.ACCESSES: "accesses: who read what",
    RetentionKind.REVOCATION_CHECKS: "revocation checks, but the newest",
}


@app.command()
def plan(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:  # noqa: FBT002 - a flag
    """Tell how long each kind is kept, and how much would be erased now. Nothing is.

    Example: dalel retention plan
    """
    settings = load_settings(home)
    due = _due(settings)
    if as_json:
        print_json({kept: {"days": _days(settings, kept), "due": due.get(kept, 0)} for kept in RetentionKind})
        return
    table = Table(title="Retention")
    for heading in ("what", "kept for days", "due now"):
        table.add_column(heading)
    for kept in RetentionKind:
        table.add_row(_WHAT[kept], str(_days(settings, kept) or "ever"), str(due.get(kept, "")))
    out.print(table)
    out.print("Set in dalel.toml: retain_cases_days and its like. What is not over is never erased.")


@app.command()
def run(
    home: Home = DEFAULT_HOME,
    reason: Annotated[str | None, typer.Option(help="Why; else the setting is named in the audit log.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell how much it would be.")] = False,  # noqa: FBT002 - a flag
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Erase now what the settings say, commit by commit; the cleaner does the same by itself while dalel serve runs.

    Interrupted, it goes on with what remains when it is run again.
    Example: dalel retention run --reason "end of the year"
    """
    settings = load_settings(home)
    if not settings.retention:
        raise CommandFailed("Everything is kept for ever: set retain_cases_days or its like in dalel.toml first.")
    counted: Counter[RetentionKind] = Counter(_due(settings)) if dry_run else Counter()
    if not dry_run:
        try:
            _erase(settings, reason, counted)
        except KeyboardInterrupt:
            raise CommandFailed(f"Interrupted: {_summary(counted)} erased. The same command goes on.") from None
    if as_json:
        print_json({"would_erase" if dry_run else "erased": {kept: counted[kept] for kept in settings.retention}})
    else:
        out.print(f"{_summary(counted)} {'would be erased; nothing was done' if dry_run else 'erased'}.")


def _due(settings: Settings) -> dict[RetentionKind, int]:
    from gateway.cli.store import read
    from gateway.service.retain import plan as counted

    return read(settings, lambda store: counted(store, settings.retention, datetime.now(UTC)))


def _erase(settings: Settings, reason: str | None, counted: Counter[RetentionKind]) -> None:
    """Through the running exchange, else in its place."""
    from gateway.cli.store import act, call_server
    from gateway.http.orders import sweep_form
    from gateway.service.retain import Sweep

    form = sweep_form(Sweep(settings.retention, operator(), reason))
    answer = call_server(settings, "POST", "/retention/step", form)
    if answer is None:
        act(settings, lambda store: _alone(store, Sweep(settings.retention, operator(), reason), counted))
        return
    while answer["erased"] is not None:
        _note(RetentionKind(answer["erased"]["kept"]), answer["erased"]["count"], counted)
        answer = call_server(settings, "POST", "/retention/step", {name: answer[name] for name in form})
        if answer is None:
            raise CommandFailed(f"The exchange stopped; {_summary(counted)} erased. Run it again.", Exit.UNREACHABLE)


async def _alone(store: SqlStore, sweep: Sweep, counted: Counter[RetentionKind]) -> None:
    while (erased := await sweep.step(store, datetime.now(UTC))) is not None:
        _note(erased.kept, erased.count, counted)


def _note(kept: RetentionKind, count: int, counted: Counter[RetentionKind]) -> None:
    before, counted[kept] = counted[kept], counted[kept] + count
    if counted[kept] // 1_000 > before // 1_000:
        err.print(f"{kept.value}: {counted[kept]} so far")


def _summary(counted: Counter[RetentionKind]) -> str:
    return ", ".join(f"{count} {kept.value.replace('_', ' ')}" for kept, count in counted.items() if count) or "nothing"


def _days(settings: Settings, kept: RetentionKind) -> int | None:
    span = settings.retention.get(kept)
    return span.days if span else None
