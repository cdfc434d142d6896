"""``dalel routes``: who is competent for what, where, and why."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape

from gateway.cli.frame import DEFAULT_HOME, AsJson, CommandFailed, Exit, Home, out, print_json
from gateway.cli.registry.parties import in_force, print_gaps, put_in_force
from gateway.config.settings import load_settings
from gateway.ports.case import FindConversation, ListUnrouted

if TYPE_CHECKING:
    from gateway.ports.case import UnroutedRow
    from gateway.store.database import SqlReader

_PLACE: Final = re.compile(r"[0-9]{9}")

app = typer.Typer(help="Routes: which body and which court are competent for what.", no_args_is_help=True)


@app.command(name="import")
def import_routes(
    file: Annotated[Path, typer.Argument(help="The routes, .csv or .yaml.", show_default=False)],
    home: Home = DEFAULT_HOME,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Put the routes of a file in force instead of those that are; parties stay. Shows what changes.

    Columns: role, subject, kato, level (may be empty), party.

    Example: dalel routes import routes.csv --dry-run
    """
    from gateway.config.yaml_form import FormInvalid
    from gateway.registry.parties_diff import diff
    from gateway.registry.routes_file import read_routes

    settings = load_settings(home)
    old = in_force(settings)
    try:
        wanted = replace(old, routes=read_routes(file, old))
    except FormInvalid as invalid:
        listed = "\n".join(f"  {problem}" for problem in invalid.problems)
        raise CommandFailed(f"{file} was not imported; mend what is wrong in it:\n{listed}") from invalid
    changes = diff(old, wanted)
    out.print("\n".join(escape(line) for line in changes) or "Nothing changes.", soft_wrap=True)
    if changes or dry_run:
        print_gaps(wanted)
    if changes and not dry_run:
        out.print(f"In force as version {put_in_force(settings, wanted)}.")


@app.command(name="export")
def export_routes(
    file: Annotated[Path | None, typer.Argument(help="Where to, .csv or .yaml; else printed as CSV.")] = None,
    home: Home = DEFAULT_HOME,
) -> None:
    """Write the routes in force, so that they can be edited and imported again.

    Example: dalel routes export routes.csv
    """
    from gateway.registry.routes_file import csv_of, yaml_of

    routes = in_force(load_settings(home)).routes
    if file is None:
        typer.echo(csv_of(routes), nl=False)
        return
    write = yaml_of if file.suffix.lower() in (".yaml", ".yml") else csv_of
    try:
        file.write_text(write(routes), encoding="utf-8")
    except OSError as problem:
        raise CommandFailed(f"{file} cannot be written ({problem}); name another place.") from problem
    out.print(f"{len(routes)} routes written to {file}.", soft_wrap=True)


@app.command()
def explain(
    subject: Annotated[str, typer.Option("--subject", help="Subject code of the appeal.", show_default=False)],
    kato: Annotated[str, typer.Option("--kato", help="Nine digits of the place.", show_default=False)],
    home: Home = DEFAULT_HOME,
    at_body: Annotated[str | None, typer.Option("--at-body", help="Whose higher body; else who decides.")] = None,
    applicant_kato: Annotated[str | None, typer.Option("--applicant-kato", help="The plaintiff's own place.")] = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Tell who would get an appeal and why, who stands above, and which court a claim goes to.

    Example: dalel routes explain --subject LAND-LEASE --kato 751110000
    """
    from gateway.cli.deliveries.explained import ranking_table, sentences
    from gateway.domain.registry.explanation import explain as explained
    from gateway.domain.registry.jurisdiction import Jurisdiction

    for place in filter(None, (kato, applicant_kato)):
        if not _PLACE.fullmatch(place):
            raise CommandFailed(f"{place} is no place: KATO has nine digits, like 751110000.", Exit.USAGE)
    jurisdiction = Jurisdiction.of(in_force(load_settings(home)))
    if at_body and at_body not in jurisdiction.parties:
        raise CommandFailed(f"There is no party {at_body}. The parties in force: dalel parties list --home {home}")
    explanation = explained(jurisdiction, subject=subject, kato=kato, plaintiff_kato=applicant_kato, at_body=at_body)
    if as_json:
        print_json(explanation)
        return
    for title, ranking in (("Bodies", explanation.bodies), ("Courts", explanation.courts)):
        if ranking.routes:
            out.print(ranking_table(f"{title}, ranked", ranking))
    out.print("\n".join(map(escape, sentences(explanation))), soft_wrap=True)


@app.command()
def unrouted(
    home: Home = DEFAULT_HOME,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 50,
    before: Annotated[str | None, typer.Option(help="Go on from this appeal number.")] = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """List the appeals that no route fitted, newest first, and whether a route fits them by now.

    Example: dalel routes unrouted --limit 20
    """
    from gateway.cli.deliveries.explained import unrouted_table
    from gateway.cli.store import read
    from gateway.domain.registry.jurisdiction import Jurisdiction

    settings = load_settings(home)
    rows = read(settings, lambda store: _unrouted(store, limit, before))
    if as_json:
        print_json(rows)
    elif rows:
        out.print(unrouted_table(rows, Jurisdiction.of(in_force(settings)).routing))
    else:
        out.print("No older ones." if before else "Every appeal found its body by a route.")


async def _unrouted(store: SqlReader, limit: int, before: str | None) -> tuple[UnroutedRow, ...]:
    conversation = await store.run(FindConversation(before)) if before else None
    if before and conversation is None:
        raise CommandFailed(f"No appeal has the number {before}. Copy it from the list, whole.")
    return await store.run(ListUnrouted(limit=limit, before=conversation))
