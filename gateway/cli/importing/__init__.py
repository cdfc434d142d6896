"""``dalel import``: cases that ran in another system are taken in with their history, each in one commit."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from contracts.party import PartyId
from gateway.cli.frame import ALMATY, DEFAULT_HOME, AsJson, CommandFailed, Home, err, operator, out, print_json
from gateway.config.settings import load_settings

if TYPE_CHECKING:
    from gateway.cli.importing.tally import ImportTally

_PROBLEMS_SHOWN: Final = 50


def import_cases(
    file: Annotated[
        Path, typer.Argument(help="The export: JSON, or CSV with its neighbours NAME-history, NAME-files.")
    ],
    platform: Annotated[str, typer.Option(help="Party through which the applicants act from now on.")],
    map_file: Annotated[Path, typer.Option("--map", help="YAML: organisations of the export and their parties.")],
    files: Annotated[Path | None, typer.Option(help="Folder in which the files of the export lie.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why; kept in the audit log. Else the file's name.")] = None,
    exported: Annotated[
        datetime | None, typer.Option(help="When it was exported, where the file does not say.")
    ] = None,
    home: Home = DEFAULT_HOME,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be taken in.")] = False,  # noqa: FBT002 - a flag
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Take in running cases from an export of ИАС «Электронные обращения», with history, terms and files.

    A case that is here already is left alone, so the same command goes on where it was interrupted. Ends with 0 when
    all are here, 1 when one is not; what is wrong with a record does not stop the others.
    Example: dalel import export.json --files files/ --platform eotinish --map orgs.yaml --dry-run
    """
    from gateway.cli.importing.reading import read_all
    from gateway.cli.importing.run import carry_out, require_parties
    from gateway.cli.importing.tally import ImportTally
    from gateway.service.cases.importing import ImportOrder

    settings, tally = load_settings(home), ImportTally(dry_run=dry_run)
    reading = read_all(file, map_file, tally)
    require_parties(settings, PartyId(platform), reading.parties)
    exported_at = exported.replace(tzinfo=ALMATY) if exported else reading.exported_at
    order = ImportOrder(PartyId(platform), operator(), reason or f"import of {file.name}", exported_at)
    try:
        carry_out(settings, reading.records, order, files, tally)
    except KeyboardInterrupt:
        text = f"Interrupted: {len(tally.taken)} were taken in. The same command goes on with what remains."
        raise CommandFailed(text) from None
    _tell(tally, as_json=as_json)


def _tell(tally: ImportTally, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "would_take" if tally.dry_run else "taken": tally.taken,
                "known": tally.known,
                "not_taken": tally.not_taken,
                "problems": tally.problems,
                "unknown": {group: sorted(codes) for group, codes in tally.unknown.items()},
            }
        )
    else:
        _tell_people(tally)
    if tally.not_taken or tally.problems:
        raise CommandFailed(f"{tally.not_taken} of the records stay outside. Mend them and run the same command again.")


def _tell_people(tally: ImportTally) -> None:
    """Counts, then each step that became a bare fact, then what is wrong; unknown codes all at once, for the map."""
    done = "would be taken in; nothing was done" if tally.dry_run else "taken in"
    out.print(f"{len(tally.taken)} {done}. {len(tally.known)} are here already.")
    for taken in tally.taken:
        for step in taken.refused:
            message = f"{taken.number}, history row {step.row}: kept as told, without effect on terms: {step.why}"
            err.print(message, markup=False)
    for problem in tally.problems[:_PROBLEMS_SHOWN]:
        where = f"{problem.file}:{problem.line} {problem.record} {problem.field}"
        err.print(f"{where}: {problem.detail}; {problem.cure}", markup=False)
    if (more := len(tally.problems) - _PROBLEMS_SHOWN) > 0:
        err.print(f"{more} more; --json names them all.")
    for group, codes in sorted(tally.unknown.items()):
        err.print(f"The map lacks, under {group}: {', '.join(sorted(codes))}", markup=False)
