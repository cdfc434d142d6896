"""The command ``dalel``: one module per command, put together here; what ends a command becomes its exit code."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer

from gateway.cli.alarms import app as alarms
from gateway.cli.backup import backup, restore
from gateway.cli.deliveries.backlog import backlog
from gateway.cli.deliveries.listing import app as deliveries
from gateway.cli.demo import demo
from gateway.cli.doctor.command import doctor
from gateway.cli.frame import CommandFailed, Exit, err
from gateway.cli.importing import import_cases
from gateway.cli.init import init
from gateway.cli.keys import app as keys
from gateway.cli.listed import show_list
from gateway.cli.nodes import nodes
from gateway.cli.proof.eds import eds
from gateway.cli.proof.evidence import evidence
from gateway.cli.proof.extend import extend
from gateway.cli.proof.history import history
from gateway.cli.proof.ledger import app as ledger
from gateway.cli.proof.verify import verify
from gateway.cli.registry.parties import app as parties
from gateway.cli.registry.routes import app as routes
from gateway.cli.report import report
from gateway.cli.retention import app as retention
from gateway.cli.sandbox import sandbox
from gateway.cli.scenario import scenario
from gateway.cli.serve import serve
from gateway.cli.tokens import app as tokens
from gateway.cli.users import app as users
from gateway.config.settings import SettingsError

app = typer.Typer(
    name="dalel",
    help="The exchange between a citizen's appeal, state agencies and the court.",
    epilog="Exit codes: 0 ok · 1 it failed · 2 called wrongly · 3 indeterminate · 4 not reachable or locked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    init,
    serve,
    nodes,
    backlog,
    report,
    backup,
    restore,
    sandbox,
    demo,
    verify,
    extend,
    evidence,
    history,
    scenario,
    eds,
    doctor,
):
    app.command()(command)
app.command(name="list")(show_list)
app.command(name="import")(import_cases)
app.add_typer(parties, name="parties")
app.add_typer(routes, name="routes")
app.add_typer(deliveries, name="deliveries")
app.add_typer(ledger, name="ledger")
app.add_typer(keys, name="keys")
app.add_typer(retention, name="retention")
app.add_typer(users, name="users")
app.add_typer(tokens, name="tokens")
app.add_typer(alarms, name="alarms")


def main() -> NoReturn:
    """Run one command and end the process with its exit code; expected failures are one sentence, no traceback."""
    try:
        app()
    except CommandFailed as failure:
        err.print(f"[red]dalel:[/] {_escaped(failure)}")
        sys.exit(failure.code)
    except SettingsError as problem:
        err.print(f"[red]dalel:[/] {_escaped(problem)}")
        sys.exit(Exit.UNREACHABLE)
    sys.exit(Exit.OK)


def _escaped(problem: Exception) -> str:
    """Text of others may hold brackets, which Rich would read as markup."""
    from rich.markup import escape

    return escape(str(problem))
