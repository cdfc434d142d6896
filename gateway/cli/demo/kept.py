"""The console of a demo that is kept: a user for each role, and how one gets in."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from rich.console import Group
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from gateway.cli import words as common
from gateway.cli.demo import words
from gateway.cli.demo.stagehand import DemoStage
from gateway.cli.frame import CliLanguage, CommandFailed, localized, operator
from gateway.cli.store import call_server
from gateway.config.settings import load_settings
from gateway.domain.people.access import UserRole
from gateway.http.orders import USER_CHANGE
from gateway.ports.people.users import AddUser
from gateway.service.people.passwords import hashed


def open_to_all(stage: DemoStage, language: CliLanguage) -> Group:
    """Add the users to the exchange that runs, and return what people are told. Blocking.

    The password is of this demo only: made here, printed once, kept nowhere but as its hash.
    """
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    settings, password_hash = load_settings(stage.home), hashed(password)
    for role in UserRole:
        form = USER_CHANGE.written(AddUser(role.value, role, password_hash, operator(), datetime.now(UTC)))
        if call_server(settings, "POST", "/users", form) != {"against": None}:
            raise CommandFailed(f"The exchange did not add the user {role}. Look at {stage.logs}.")
    address = f"http://127.0.0.1:{stage.port}/console/"
    lines = ((words.CONSOLE, address), (words.PASSWORD, password))
    rows = [Text.assemble(f"{localized(title, language)}: ", (value, "bold")) for title, value in lines]
    return Group(Rule(localized(words.LOOK, language)), *rows, _logins(language))


def _logins(language: CliLanguage) -> Table:
    table = Table()
    table.add_column(localized(words.NAME, language), style="bold")
    table.add_column(localized(common.ROLE, language))
    for role in UserRole:
        table.add_row(role.value, localized(common.ROLES[role], language))
    return table
