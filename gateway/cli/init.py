"""``dalel init``: make an installation."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.frame import DEFAULT_HOME, CommandFailed, Home, out


class RulesOption(StrEnum):
    """Versions of the terms that an installation may go by."""

    CODE = "appk-2026"
    SANDBOX = "sandbox-seconds"


def init(
    home: Home = DEFAULT_HOME,
    port: Annotated[int, typer.Option(help="Port of the exchange; the sandbox takes those behind it.")] = 8460,
    rules: Annotated[
        RulesOption, typer.Option(help="Terms of the Code, or the same terms in seconds.")
    ] = RulesOption.SANDBOX,
    sandbox: Annotated[  # noqa: FBT002 - Typer makes it --sandbox/--no-sandbox
        bool, typer.Option(help="Also make platforms, agencies and a court to try it out with.")
    ] = True,
) -> None:
    """Make keys, parties, settings and database of an installation; never overwrites one.

    Example: dalel init --home /var/lib/dalel --no-sandbox --rules appk-2026
    """
    from gateway.bootstrap.creation import (
        InstallationExists,
        InstallationFailed,
        InstallationPlan,
        make_installation,
    )

    plan = InstallationPlan(home=home.expanduser().absolute(), port=port, rules=rules.value, sandbox=sandbox)
    try:
        made = make_installation(plan, now=datetime.now(UTC))
    except (InstallationExists, InstallationFailed) as problem:
        raise CommandFailed(str(problem)) from problem
    _tell(home, made.parties)


def _tell(home: Path, parties: tuple[str, ...]) -> None:
    option = "" if home == DEFAULT_HOME else f" --home {home}"
    out.print(f"Made the installation {home} (keys, settings, database, parties: {', '.join(parties)}).")
    out.print(f"Next: [bold]dalel serve{option}[/]", soft_wrap=True)
    if len(parties) > 1:
        out.print(f"and, beside it: [bold]dalel sandbox --all{option}[/]", soft_wrap=True)
    else:
        out.print(f"and tell it its parties: [bold]dalel parties apply FILE.yaml{option}[/]", soft_wrap=True)
