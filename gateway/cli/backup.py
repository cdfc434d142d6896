"""``dalel backup`` and ``dalel restore``: the embedded store and its documents, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn

from gateway.cli.frame import DEFAULT_HOME, AsJson, CommandFailed, Exit, Home, out, print_json, when
from gateway.config.settings import load_settings

if TYPE_CHECKING:
    from gateway.installation.backup import Manifest


def backup(
    folder: Annotated[Path, typer.Argument(help="Folder to be made.", show_default=False)],
    home: Home = DEFAULT_HOME,
    with_keys: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--with-keys", help="Private keys, too: whoever reads the backup can then sign as us.")
    ] = False,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Copy the embedded store, the documents and what people edited, as they are now; dalel serve goes on meanwhile.

    Documents are hard links where the file system allows it: copy the folder to another machine afterwards.
    Example: dalel backup /backup/dalel-2026-11-24
    """
    from gateway.installation.backup import back_up

    settings = load_settings(home)
    with _reported_failures(f"{folder} was not made"), _counting("copied") as progress:
        made = back_up(
            settings, folder.expanduser().absolute(), with_keys=with_keys, now=datetime.now(UTC), progress=progress
        )
    if as_json:
        print_json(made)
        return
    out.print(escape(f"{folder}: {made.files} files, the ledger with {made.head.tree_size} sealed leaves."))
    if not with_keys:
        out.print("The private keys are not in it. Keep a copy of them apart, or give --with-keys.")


def restore(
    folder: Annotated[Path, typer.Argument(help="The backup.", show_default=False)],
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Make a new installation of a backup, once every file of it is found to be what it was.

    Example: dalel restore /backup/dalel-2026-11-24 --home /var/lib/dalel
    """
    from gateway.installation.backup import restore as made_again

    with _reported_failures(f"{home} was not made"), _counting("checked and copied") as progress:
        made = made_again(folder.expanduser().absolute(), home.expanduser().absolute(), progress)
    if as_json:
        print_json(made)
        return
    _tell_what_is_next(made, home)


def _tell_what_is_next(made: Manifest, home: Path) -> None:
    out.print(escape(f"{home} is what was backed up at {when(made.made_at)} (Almaty)."))
    out.print("Check it: dalel ledger verify. What had been sent since goes again with the same message ids.")
    if not made.with_keys:
        out.print(escape(f"Put the keys into {home / 'keys'} before you start it."))


@contextmanager
def _reported_failures(what: str) -> Iterator[None]:
    from gateway.installation.backup import BackupRefused
    from gateway.store.engine.errors import StoreError

    try:
        yield
    except BackupRefused as problem:
        raise CommandFailed(f"{what}: {problem}.", Exit.UNREACHABLE) from problem
    except (StoreError, OSError) as problem:
        raise CommandFailed(f"{what}: {problem}.") from problem


@contextmanager
def _counting(what: str) -> Iterator[Callable[[int], None]]:
    """Progress on stderr, for a terminal only."""
    console = Console(stderr=True)
    columns = SpinnerColumn(), TextColumn("{task.completed:,.0f} " + what)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda done: bar.advance(task, done)
