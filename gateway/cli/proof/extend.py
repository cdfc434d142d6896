"""``dalel extend``: carry the proof of a dossier further, in a new file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from dossier.check.report import ContainerKind, Indication, VerificationReport
from gateway.cli.frame import (
    DEFAULT_HOME,
    AsJson,
    CliLanguage,
    CommandFailed,
    Exit,
    Home,
    Lang,
    err,
    localized,
    out,
    print_json,
    when,
)
from gateway.cli.proof.verify import EXITS, anchors_of
from gateway.config.settings import SETTINGS_FILE, load_settings
from gateway.texts.text_file import TextFile
from signing.keys.keypair import Certificate
from signing.xades.container import XadesLevel

if TYPE_CHECKING:
    from dossier.packaging.extension import Added
    from gateway.bootstrap.sources import Addresses


class Goal(StrEnum):
    """How far to go."""

    T = "T"
    LT = "LT"
    LTA = "LTA"


_LEVELS: Final = {Goal.T: XadesLevel.T, Goal.LT: XadesLevel.LT, Goal.LTA: XadesLevel.LTA}

_TEXTS: Final = TextFile(Path(__file__).with_suffix(".toml"))
_ADDED_TEXTS: Final = _TEXTS.table("added")
_WRITTEN: Final = _TEXTS.text("written")
_NOTHING: Final = _TEXTS.text("nothing")
_TEXTS.end()


def extend(
    file: Annotated[Path, typer.Argument(help="The dossier, *.asice; it is never changed.", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The new file. Default: beside FILE, named by its level.")
    ] = None,
    to: Annotated[
        Goal,
        typer.Option(help="T: a time stamp · LT: and what a check needs · LTA: and an archive stamp; again renews it."),
    ] = Goal.LTA,
    tsa: Annotated[
        list[str] | None,
        typer.Option(help="URL of a time-stamp authority; may be repeated, first is asked first. Default: as in HOME."),
    ] = None,
    trust: Annotated[
        list[Path] | None,
        typer.Option(help="PEM of a trust anchor; may be repeated. Default: HOME/trust, else trust/ beside the file."),
    ] = None,
    home: Home = DEFAULT_HOME,
    lang: Lang = CliLanguage.RU,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Add time stamps and revocation values to a dossier, so that it can be proven for years; writes a new file.

    A file of evidence is carried further in the same way.

    Exit code 0: written and passed · 1: not possible, or the dossier fails · 3: written, but indeterminate ·
    4: an authority did not answer. Example: dalel extend dossier.asice --to LTA
    """
    if not file.is_file():
        raise CommandFailed(f"{file} is no file. Name the dossier to extend.", Exit.UNREACHABLE)
    anchors = anchors_of(trust or [], home, file)
    _require_sound(file, anchors)
    target = output or file.with_name(f"{file.stem}-{to.value}{file.suffix}")
    if target.exists():
        raise CommandFailed(f"{target} exists, and nothing is written over. Name another file with -o.", Exit.USAGE)
    console = err if as_json else out
    added = _carried(
        file, target, _LEVELS[to], _answers_of(home, tsa or []), anchors, lambda one: _tell(one, lang, console)
    )
    report = _inspected(target if added else file, anchors)
    if as_json:
        shown = {"file": target if added else None, "level": report.level, "added": added}
        print_json({**shown, "indication": report.indication, "sub_indication": report.sub_indication})
    else:
        words = localized(_WRITTEN if added else _NOTHING, lang).format(file=target, level=report.level)
        out.print(escape(words), soft_wrap=True)
        out.print(report.indication.value + (f", {report.sub_indication.value}" if report.sub_indication else ""))
    raise typer.Exit(EXITS[report.indication])


def _require_sound(file: Path, anchors: Sequence[Certificate]) -> None:
    report = _inspected(file, anchors)
    if report.kind not in {ContainerKind.DOSSIER, ContainerKind.EVIDENCE}:
        raise CommandFailed(f"{file} is no file of ours, and only their form can be carried further.")
    if report.indication is Indication.TOTAL_FAILED:
        raise CommandFailed(f"{file} fails verification, and no time stamp can mend that. See: dalel verify {file}")


def _inspected(file: Path, anchors: Sequence[Certificate]) -> VerificationReport:
    from dossier.check.verification import verify_container

    return verify_container(file, anchors, now=datetime.now(UTC))


def _answers_of(home: Path, tsa: Sequence[str]) -> Addresses:
    """The authorities named, and where none are, those of the installation, if there is one."""
    from gateway.bootstrap.sources import Addresses

    if not (home / SETTINGS_FILE).is_file():
        return Addresses(tuple(tsa))
    settings = load_settings(home)
    return Addresses(tuple(tsa) or settings.timestamp_urls, settings.ocsp_urls, settings.crl_urls)


def _carried(
    file: Path,
    target: Path,
    level: XadesLevel,
    addresses: Addresses,
    anchors: Sequence[Certificate],
    report: Callable[[Added], None],
) -> list[Added]:
    """What was added, and the new file written if there was anything."""
    from dossier.erds.subject import subject_of
    from dossier.packaging.container import Container
    from dossier.packaging.extension import Added, ExtensionImpossible, extend, write_extended
    from gateway.bootstrap.sources import authorities
    from signing.errors import TimestampUnavailable

    try:
        with Container.open(file) as container, authorities(addresses, anchors) as sources:
            newest, every = None, list[Added]()
            for signature, added in extend(subject_of(container, tuple(anchors), datetime.now(UTC)), level, sources):
                report(added)
                every.append(added)
                newest = signature
            if newest is not None:
                write_extended(container, newest, target)
            return every
    except ExtensionImpossible as problem:
        raise CommandFailed(f"{problem}. Nothing was written.") from problem
    except TimestampUnavailable as problem:
        cure = "Try again later, or name another authority with --tsa."
        raise CommandFailed(f"No time stamp: {problem}. Nothing was written. {cure}", Exit.UNREACHABLE) from problem
    except OSError as problem:
        raise CommandFailed(f"{target} cannot be written: {problem}. Name another file with -o.") from problem


def _tell(added: Added, lang: CliLanguage, console: Console) -> None:
    words = localized(_ADDED_TEXTS[added.level], lang)
    console.print(escape(words.format(at=when(added.at), certificates=added.certificates, answers=added.answers)))
