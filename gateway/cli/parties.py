"""``dalel parties``: who takes part, and changing it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from contracts.party import Registry
from gateway.cli.frame import DEFAULT_HOME, AsJson, CommandFailed, Home, operator, out, print_json
from gateway.settings import Settings, load_settings

app = typer.Typer(help="Parties, their certificates, agreements and routes.", no_args_is_help=True)


@app.command(name="list")
def list_parties(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:  # noqa: FBT002 - a flag
    """Show the parties in force.

    Example: dalel parties list --json
    """
    registry = in_force(load_settings(home))
    if as_json:
        print_json(registry)
        return
    table = Table(title=f"Parties, version {registry.version}")
    for heading in ("party", "role", "BIN", "reached by", "certificates", "name"):
        table.add_column(heading)
    for party in registry.parties:
        reached = party.endpoint or "its mailbox"
        certificates = str(len(party.certificates))
        table.add_row(party.party_id, party.role, party.bin, escape(reached), certificates, escape(party.name.ru))
    out.print(table)


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(help="The parties file.", show_default=False)],
    home: Home = DEFAULT_HOME,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Put a parties file in force, as a whole; shows what changes. The running exchange takes it up at once.

    Example: dalel parties apply parties.yaml --dry-run
    """
    from gateway.parties_diff import diff
    from gateway.parties_file import PartiesFileInvalid, read_parties

    settings = load_settings(home)
    try:
        wanted = read_parties(file)
    except PartiesFileInvalid as invalid:
        listed = "\n".join(f"  {problem}" for problem in invalid.problems)
        raise CommandFailed(f"{file} was not applied; mend what is wrong in it:\n{listed}") from invalid
    changes = diff(in_force(settings), wanted)
    out.print("\n".join(escape(line) for line in changes) or "Nothing changes.", soft_wrap=True)
    if dry_run or not changes:
        return
    out.print(f"In force as version {put_in_force(settings, wanted)}.")


def in_force(settings: Settings) -> Registry:
    """The newest registry version."""
    from gateway.cli.store import read

    return read(settings, lambda store: store.load_registry())


def put_in_force(settings: Settings, registry: Registry) -> int:
    """Make ``registry`` the newest version, through the running exchange or in its place; returns its number."""
    from datetime import UTC, datetime

    from gateway.cli.store import act, ask_server
    from gateway.parties_file import form_of

    told = ask_server(settings, "POST", "/registry", {"parties": form_of(registry), "by": operator()})
    if told is not None:
        return int(told["version"])
    now = datetime.now(UTC)
    return act(settings, lambda store: store.apply_registry(registry, by=operator(), at=now))
