"""The command ``dalel``: one module per command, put together here; what ends a command becomes its exit code."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NoReturn, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from gateway.cli.frame import CommandFailed, Exit, err

COMMANDS: Final = {
    "init": "init:init",
    "serve": "serve:serve",
    "nodes": "nodes:nodes",
    "backlog": "deliveries.backlog:backlog",
    "report": "report:report",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "sandbox": "sandbox:sandbox",
    "demo": "demo:demo",
    "verify": "proof.verify:verify",
    "extend": "proof.extend:extend",
    "evidence": "proof.evidence:evidence",
    "history": "proof.history:history",
    "scenario": "scenario:scenario",
    "eds": "proof.eds:eds",
    "doctor": "doctor.command:doctor",
    "list": "listed:show_list",
    "import": "importing:import_cases",
    "parties": "registry.parties:app",
    "routes": "registry.routes:app",
    "deliveries": "deliveries.listing:app",
    "ledger": "proof.ledger:app",
    "keys": "keys:app",
    "retention": "retention:app",
    "users": "users:app",
    "tokens": "tokens:app",
    "alarms": "alarms:app",
}
"""Where each command lives: a module of this package, and in it a function, or an ``app`` with commands of its own."""


class LazyCommands(Mapping[str, Any]):
    """Imports the command that is asked for and no other: together they would cost every call most of a second."""

    is_listing = False
    """While help is printed: commands are just their names and help, and nothing is imported."""

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - typer's own
        module, _, attribute = COMMANDS[name].partition(":")
        if self.is_listing:
            return TyperCommand(name, help=_help_of(f"{__name__}.{module}", attribute))
        found = getattr(import_module(f"{__name__}.{module}"), attribute)
        alone = typer.Typer(add_completion=False)
        if isinstance(found, typer.Typer):
            alone.add_typer(found, name=name)
            return cast("TyperGroup", get_command(alone)).commands[name]
        alone.command(name=name)(found)
        return get_command(alone)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class Commands(TyperGroup):
    """All commands, in the order in which help lists them."""

    def __init__(self, **words: Any) -> None:  # noqa: ANN401 - typer's own
        super().__init__(**words)
        self.lazy = LazyCommands()
        self.commands = self.lazy  # type: ignore[assignment]  # nothing is added to it

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - typer's own
        return list(COMMANDS)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - typer's own
        self.lazy.is_listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self.lazy.is_listing = False


def _help_of(module: str, name: str) -> str | None:
    """As its source says it, without importing it: the docstring of a function, ``help=`` of an ``app``."""
    spec = find_spec(module)
    source = Path(spec.origin).read_text(encoding="utf-8") if spec and spec.origin else ""
    for node in ast.parse(source).body:
        match node:
            case ast.FunctionDef() if node.name == name:
                return ast.get_docstring(node)
            case ast.Assign(targets=[ast.Name(id=target)], value=ast.Call() as made) if target == name:
                return next((ast.literal_eval(word.value) for word in made.keywords if word.arg == "help"), None)
    raise LookupError(f"{module} has no {name}")


app = typer.Typer(
    name="dalel",
    cls=Commands,
    epilog="Exit codes: 0 ok · 1 it failed · 2 called wrongly · 3 indeterminate · 4 not reachable or locked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def dalel() -> None:
    """The exchange between a citizen's appeal, state agencies and the court."""


def main() -> NoReturn:
    """Run one command and end the process with its exit code; expected failures are one sentence, no traceback."""
    try:
        app()
    except CommandFailed as failure:
        err.print(f"[red]dalel:[/] {_escaped(failure)}")
        sys.exit(failure.code)
    except Exception as problem:
        from gateway.config.settings import SettingsError  # who raised one has imported it

        if not isinstance(problem, SettingsError):
            raise
        err.print(f"[red]dalel:[/] {_escaped(problem)}")
        sys.exit(Exit.UNREACHABLE)
    sys.exit(Exit.OK)


def _escaped(problem: Exception) -> str:
    """Text of others may hold brackets, which Rich would read as markup."""
    from rich.markup import escape

    return escape(str(problem))
