"""``dalel users``: who may sign in to the console, and as what."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from gateway.cli import words
from gateway.cli.frame import (
    DEFAULT_HOME,
    AsJson,
    CliLanguage,
    CommandFailed,
    Home,
    Lang,
    localized,
    operator,
    out,
    print_json,
    when,
)
from gateway.config.settings import Settings, load_settings
from gateway.domain.people.access import USER_NAME, UserRole, password_trouble
from gateway.ports.people.users import ListUsers

if TYPE_CHECKING:
    from gateway.ports.people.users import User, UserChange

app = typer.Typer(help="Users of the console.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name to sign in with.", show_default=False)]
Reason = Annotated[str, typer.Option(help="Why; kept in the audit log.", show_default=False)]
PasswordFile = Annotated[
    Path | None, typer.Option(help="Its first line is the password; else you are asked for it.", show_default=False)
]


@app.command()
def add(
    name: Name,
    role: Annotated[
        UserRole, typer.Option(help="What the user may do; the table is in the manual.", show_default=False)
    ],
    home: Home = DEFAULT_HOME,
    password_file: PasswordFile = None,
) -> None:
    """Add a user: one person, one name, one role.

    Example: dalel users add aigerim --role operator
    """
    from gateway.ports.people.users import AddUser

    if not USER_NAME.fullmatch(name):
        text = "a name has 2 to 40 lower-case Latin letters, digits, dots, dashes or underscores, a letter first"
        raise typer.BadParameter(text, param_hint="NAME")
    settings = load_settings(home)
    password_hash = _new_hash(name, password_file)
    _change(settings, AddUser(name, role, password_hash, operator(), datetime.now(UTC)))
    out.print(f"Added {name} as {role}.")


@app.command()
def password(name: Name, home: Home = DEFAULT_HOME, password_file: PasswordFile = None) -> None:
    """Set another password; a name that was locked is open again, and whoever is signed in by it is signed out.

    Example: dalel users password aigerim
    """
    from gateway.ports.people.users import SetPassword

    settings = load_settings(home)
    password_hash = _new_hash(name, password_file)
    _change(settings, SetPassword(name, password_hash, operator(), datetime.now(UTC)))
    out.print(f"Set the password of {name}.")


@app.command()
def role(
    name: Name,
    role: Annotated[UserRole, typer.Argument(help="What the user may do from now on.", show_default=False)],
    reason: Reason,
    home: Home = DEFAULT_HOME,
) -> None:
    """Give a user another role; it holds at once, also in sessions that are open.

    Example: dalel users role aigerim admin --reason "takes over from Nurlan"
    """
    from gateway.ports.people.users import ChangeRole

    _change(load_settings(home), ChangeRole(name, role, _summary(reason), operator(), datetime.now(UTC)))
    out.print(f"{name} is {role} now.")


@app.command()
def disable(name: Name, reason: Reason, home: Home = DEFAULT_HOME) -> None:
    """Let a user sign in no more, and end all sessions; the name stays taken, since the audit log speaks of it.

    Example: dalel users disable aigerim --reason "left on 1 December"
    """
    from gateway.ports.people.users import DisableUser

    _change(load_settings(home), DisableUser(name, _summary(reason), operator(), datetime.now(UTC)))
    out.print(f"Disabled {name}.")


@app.command()
def enable(name: Name, reason: Reason, home: Home = DEFAULT_HOME) -> None:
    """Let a user who was disabled sign in again, by the same password.

    Example: dalel users enable aigerim --reason "is back from leave"
    """
    from gateway.ports.people.users import EnableUser

    _change(load_settings(home), EnableUser(name, _summary(reason), operator(), datetime.now(UTC)))
    out.print(f"Enabled {name}.")


@app.command(name="list")
def list_users(home: Home = DEFAULT_HOME, lang: Lang = CliLanguage.RU, as_json: AsJson = False) -> None:  # noqa: FBT002 - a flag
    """List all users there ever were.

    Example: dalel users list --lang en
    """
    from gateway.cli.store import read

    users = read(load_settings(home), lambda store: store.run(ListUsers()))
    if as_json:
        print_json(users)
        return
    table = Table(title=localized(words.USERS, lang))
    for heading in (words.NUMBER, words.USER, words.ROLE, words.ADDED, words.DISABLED, words.LOCKED_UNTIL):
        table.add_column(localized(heading, lang))
    for user in users:
        table.add_row(*_cells(user, lang))
    out.print(table)


def _summary(reason: str) -> str:
    if not reason.strip():
        raise typer.BadParameter("the reason may not be empty", param_hint="--reason")
    return reason.strip()


def _cells(user: User, lang: CliLanguage) -> tuple[str, ...]:
    locked = user.standing.locked_until if user.standing.is_locked(datetime.now(UTC)) else None
    return (
        str(user.user_id),
        user.name,
        localized(words.ROLES[user.role], lang),
        when(user.created_at),
        when(user.disabled_at),
        when(locked),
    )


def _new_hash(name: str, file: Path | None) -> str:
    """Of a new password, which never stands on a command line, where others of the machine could read it."""
    from gateway.service.people.passwords import hashed

    given = _first_line(file) if file else typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    if (trouble := password_trouble(given, name)) is not None:
        raise CommandFailed(f"Nothing was changed: {trouble}.")
    return hashed(given)


def _first_line(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as problem:
        raise CommandFailed(f"The password cannot be read: {problem}") from problem


def _change(settings: Settings, change: UserChange) -> None:
    """Through the running exchange, else in its place. Raises CommandFailed with what stands against it."""
    from gateway.cli.store import refused_words
    from gateway.http.orders import USER_CHANGE

    if against := refused_words(settings, "/users", USER_CHANGE.written(change), change):
        raise CommandFailed(f"Nothing was changed: {against}.")
