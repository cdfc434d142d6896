"""``dalel sandbox``: run simulated parties and authorities, one process each."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from gateway.cli.frame import DEFAULT_HOME, CommandFailed, Exit, Home, out


def sandbox(
    names: Annotated[list[str] | None, typer.Argument(help="Parties to run; see them with: dalel sandbox.")] = None,
    home: Home = DEFAULT_HOME,
    everyone: Annotated[bool, typer.Option("--all", help="Run all of them.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Run simulated parties and authorities that speak the real protocols, until Ctrl-C; without names, list them.

    Examples: dalel sandbox --all · dalel sandbox smas-almaty · dalel sandbox authorities
    """
    files = (path for name in ("party.toml", "authorities.toml") for path in (home / "sandbox").glob(f"*/{name}"))
    folders = {path.parent.name: path.parent for path in sorted(files)}
    if not folders:
        raise CommandFailed(f"{home} has no sandbox parties. Make them with: dalel init --sandbox", Exit.UNREACHABLE)
    chosen = list(folders) if everyone else names or []
    unknown = [name for name in chosen if name not in folders]
    if unknown:
        raise CommandFailed(f"No sandbox party {unknown[0]}; there are: {', '.join(folders)}.", Exit.USAGE)
    match chosen:
        case []:
            out.print("\n".join(folders))
        case [name]:
            _run_here(folders[name])
        case _:
            _run_beside(chosen, home)


def _run_here(folder: Path) -> None:
    from gateway.bootstrap.sandbox import SandboxUnusable, run_member

    try:
        run_member(folder)
    except SandboxUnusable as problem:
        text = f"Sandbox party {folder.name} cannot start: {problem}. Mend the files in {folder}."
        raise CommandFailed(text, Exit.UNREACHABLE) from problem


def _run_beside(names: list[str], home: Path) -> None:
    """One process for each, ended together: parties must fail and restart one by one."""
    command = [sys.executable, "-m", "gateway.cli", "sandbox"]
    children = [subprocess.Popen([*command, name, "--home", str(home)]) for name in names]  # noqa: S603 - ourselves

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for child in children:
            child.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    out.print(f"Running {', '.join(names)}; Ctrl-C stops them.")
    failed = [name for name, child in zip(names, children, strict=True) if child.wait() > 0]
    if failed:
        raise CommandFailed(f"{', '.join(failed)} ended with an error; its words stand above.")
