"""``dalel ledger``: what the ledger says of the database, and the file that auditors check without us."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.table import Table

from dossier.ledger.merkle import MalformedLedger, TreeHead, read_tree_head, tree_head_bytes
from gateway.cli.frame import (
    DEFAULT_HOME,
    AsJson,
    CliLanguage,
    CommandFailed,
    Exit,
    Home,
    Lang,
    localized,
    operator,
    out,
    print_json,
    when,
)
from gateway.cli.proof import ledger_words as words
from gateway.config.settings import Settings, load_settings
from gateway.domain.ledger import LedgerReport
from gateway.ports.ledger import CheckContinuity, FindNewestSeal, LoadLedgerStatus

if TYPE_CHECKING:
    from gateway.store.database import SqlReader

T = TypeVar("T")

app = typer.Typer(help="The ledger: seals over everything that was recorded.", no_args_is_help=True)


@app.command()
def status(home: Home = DEFAULT_HOME, lang: Lang = CliLanguage.RU, as_json: AsJson = False) -> None:  # noqa: FBT002 - a flag
    """Tell how much is sealed, what waits, and since when.

    Example: dalel ledger status --lang en
    """
    ledger_status = _read(load_settings(home), lambda store: store.run(LoadLedgerStatus()))
    if as_json:
        print_json(ledger_status)
        return
    table = Table(title=localized(words.TITLE, lang), show_header=False)
    table.add_row(localized(words.SEALED, lang), str(ledger_status.tree_size))
    table.add_row(localized(words.LAST_SEALED, lang), when(ledger_status.sealed_at))
    table.add_row(localized(words.STAMPED, lang), str(ledger_status.stamped_size))
    for title, count, since in (
        (words.UNSEALED, ledger_status.unsealed, ledger_status.oldest_unsealed_at),
        (words.TOKENLESS, ledger_status.tokenless, ledger_status.oldest_tokenless_at),
    ):
        waits = f", {localized(words.SINCE, lang)} {when(since)}" if since else ""
        table.add_row(localized(title, lang), f"{count}{waits}")
    out.print(table)


@app.command()
def head(home: Home = DEFAULT_HOME) -> None:
    """Print the newest tree head, to be kept where nobody of this house can change it.

    Example: dalel ledger head > /media/usb/head.json
    """
    seal = _read(load_settings(home), lambda store: store.run(FindNewestSeal()))
    if seal is None:
        raise CommandFailed("Nothing is sealed yet. While dalel serve runs, the next seal comes within seal_every_s.")
    typer.echo(tree_head_bytes(seal.head), nl=False)


@app.command()
def verify(
    home: Home = DEFAULT_HOME,
    kept: Annotated[
        Path | None, typer.Option("--head", help="A tree head that was kept: the past must be its.")
    ] = None,
    export_file: Annotated[Path | None, typer.Option("--export", help="Check this export, not the database.")] = None,
    lang: Lang = CliLanguage.RU,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Compute the whole ledger anew and name every row of the database that is not as it was recorded.

    The exchange may serve meanwhile. Exit code 0: everything holds · 1: something was changed.
    Examples: dalel ledger verify --lang en · dalel ledger verify --head /media/usb/head.json
    """
    head_kept = _read_head(kept) if kept else None
    if export_file is not None:
        _verify_export(export_file, kept)
        return
    settings = load_settings(home)
    report = _report(settings, quiet=as_json)
    continues = head_kept is None or _read(settings, lambda store: _continues(store, head_kept))
    _note(settings, report, continues=continues)
    if as_json:
        print_json({"holds": report.holds and continues, "continues": continues, "report": report})
    else:
        show(report, lang)
        if head_kept is not None:
            out.print(localized(words.CONTINUES if continues else words.DOES_NOT_CONTINUE, lang))
    raise typer.Exit(Exit.OK if report.holds and continues else Exit.FAILED)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="The ZIP to write; it must not be there yet.", show_default=False)],
    since: Annotated[int, typer.Option(min=0, help="Only what follows on a tree of this size.")] = 0,
    home: Home = DEFAULT_HOME,
    lang: Lang = CliLanguage.RU,
) -> None:
    """Write the sealed ledger as one file that anybody checks with Python alone: python3 -I check.py FILE.

    It holds no words and no data of people. Example: dalel ledger export ledger.zip
    """
    from gateway.audit.export import write_export

    if file.exists():
        raise CommandFailed(f"{file} is there already. Name another file.", Exit.USAGE)
    unfinished = file.with_name(file.name + ".part")
    try:
        with _counting(quiet=False, total=None) as progress:
            size = _read(load_settings(home), lambda store: store.read(write_export, unfinished, since, progress))
        unfinished.rename(file)
    except MalformedLedger as problem:
        raise CommandFailed(f"The ledger cannot be written out: {problem}. See: dalel ledger verify") from problem
    except OSError as problem:
        raise CommandFailed(f"{file} cannot be written: {problem.strerror}.", Exit.UNREACHABLE) from problem
    finally:
        unfinished.unlink(missing_ok=True)
    out.print(escape(f"{file}: {size - since} {localized(words.EXPORTED, lang)} {file} --trust CA.pem"))


def show(report: LedgerReport, lang: CliLanguage) -> None:
    """Print the findings for people, then the verdict."""
    if report.findings:
        out.print(_table(report, lang))
    if report.more:
        out.print(f"… {localized(words.MORE, lang)} {report.more}")
    counts = ", ".join(f"{localized(text, lang)} {getattr(report.counts, name)}" for name, text in words.COUNTS.items())
    out.print(f"{localized(words.WHAT_CHECKED, lang)}: {counts}")
    out.print(f"[bold]{localized(words.HOLDS if report.holds else words.BROKEN, lang)}[/]")


def _table(report: LedgerReport, lang: CliLanguage) -> Table:
    table = Table()
    for heading in (words.TABLE, words.KEY, words.WRONG, words.DETAIL):
        table.add_column(localized(heading, lang), overflow="fold")
    for found in report.findings:
        wrong = localized(words.PROBLEMS[found.problem], lang)
        table.add_row(found.table, escape(found.key), f"[red]{wrong}[/]", escape(found.detail))
    return table


def _report(settings: Settings, *, quiet: bool) -> LedgerReport:
    from gateway.cli.proof.vouching import proof_verifiers
    from gateway.store.verify.whole import amount, verify_ledger

    total = _read(settings, lambda store: store.read(amount))
    with _counting(quiet=quiet, total=total) as progress:
        return _read(settings, lambda store: store.read(verify_ledger, proof_verifiers(settings), progress))


def _note(settings: Settings, report: LedgerReport, *, continues: bool) -> None:
    """Into the audit log of the running exchange, so that the console says when it was; nothing where none runs."""
    from gateway.cli.store import call_server
    from gateway.http.orders import CHECK, CheckOrder

    found = len(report.findings) + report.more
    with suppress(CommandFailed):  # the verdict is told all the same
        order = CheckOrder(operator(), report.counts.leaves, found, continues=continues)
        call_server(settings, "POST", "/ledger/checked", CHECK.written(order))


def _verify_export(file: Path, kept: Path | None) -> None:
    """By the very checker that lies in the export, so that both say the same."""
    from gateway.audit import check

    if not file.is_file():
        raise CommandFailed(f"{file} is no file. Name the export to check.", Exit.UNREACHABLE)
    raise typer.Exit(Exit(check.run(file, kept=kept, trust=None)))


def _read(settings: Settings, work: Callable[[SqlReader], Awaitable[T]]) -> T:
    from gateway.cli.store import read

    return read(settings, work)


async def _continues(store: SqlReader, kept: TreeHead) -> bool:
    return await store.run(CheckContinuity(kept))


def _read_head(file: Path) -> TreeHead:
    try:
        return read_tree_head(file.read_bytes().strip())
    except (OSError, MalformedLedger) as problem:
        text = f"{file} is no tree head: {problem}. Name a file that `dalel ledger head` wrote."
        raise CommandFailed(text, Exit.UNREACHABLE) from problem


@contextmanager
def _counting(*, quiet: bool, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on the error output, where a person looks at it."""
    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("", total=total)
        yield lambda done: bar.advance(task, done)
