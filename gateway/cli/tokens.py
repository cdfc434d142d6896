"""``dalel tokens``: by which programs may act through the API, as what, and until when."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
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
    err,
    localized,
    operator,
    out,
    print_json,
    when,
)
from gateway.config.settings import Settings, load_settings
from gateway.domain.people.access import UserRole
from gateway.domain.people.tokens import LONGEST, SECRET_BYTES, TOKEN_NAME, hint_of, token_text
from gateway.ports.people.tokens import ListTokens

if TYPE_CHECKING:
    from gateway.ports.people.tokens import ApiToken, TokenChange

app = typer.Typer(help="Tokens by which programs use the API.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="What the program is called.", show_default=False)]


@app.command()
def add(
    name: Name,
    role: Annotated[UserRole, typer.Option(help="What it may do; the table is in the manual.", show_default=False)],
    home: Home = DEFAULT_HOME,
    days: Annotated[int, typer.Option(min=1, max=LONGEST.days, help="For how long it opens.")] = 90,
) -> None:
    """Make a token and print it, once: only a digest of it is kept. One program, one token, one role.

    Example: dalel tokens add night-report --role viewer --days 30 > /run/secrets/dalel
    """
    from gateway.ports.people.tokens import AddToken
    from gateway.service.people.login import token_digest

    if not TOKEN_NAME.fullmatch(name):
        text = "a name has 2 to 40 lower-case Latin letters, digits, dots, dashes or underscores, a letter first"
        raise typer.BadParameter(text, param_hint="NAME")
    settings, now = load_settings(home), datetime.now(UTC)
    token, until = token_text(secrets.token_bytes(SECRET_BYTES)), now + timedelta(days=days)
    _change(settings, AddToken(name, role, token_digest(token), hint_of(token), until, operator(), now))
    err.print(f"Added {name} as {role} until {when(until)}. This is shown once; whoever has it may act by it:")
    typer.echo(token)


@app.command()
def revoke(
    name: Name,
    reason: Annotated[str, typer.Option(help="Why; kept in the audit log.", show_default=False)],
    home: Home = DEFAULT_HOME,
) -> None:
    """Let a token open nothing any more, at once and for good: the name stays taken, since the audit log speaks of it.

    Example: dalel tokens revoke night-report --reason "it was committed by mistake"
    """
    from gateway.ports.people.tokens import RevokeToken

    if not reason.strip():
        raise typer.BadParameter("the reason may not be empty", param_hint="--reason")
    _change(load_settings(home), RevokeToken(name, reason.strip(), operator(), datetime.now(UTC)))
    out.print(f"Revoked {name}.")


@app.command(name="list")
def list_tokens(home: Home = DEFAULT_HOME, lang: Lang = CliLanguage.RU, as_json: AsJson = False) -> None:  # noqa: FBT002 - a flag
    """List all tokens there ever were, with how each begins, when it ends and when it was used last.

    Example: dalel tokens list --lang en
    """
    from gateway.cli.store import read

    tokens = read(load_settings(home), lambda store: store.run(ListTokens()))
    if as_json:
        print_json(tokens)
        return
    table = Table(title=localized(words.TOKENS, lang))
    for heading in (
        words.NUMBER, words.TOKEN, words.HINT, words.ROLE, words.ADDED, words.ENDS, words.REVOKED, words.USED,
    ):  # fmt: skip
        table.add_column(localized(heading, lang))
    for token in tokens:
        table.add_row(*_cells(token, lang))
    out.print(table)


def _cells(token: ApiToken, lang: CliLanguage) -> tuple[str, ...]:
    return (
        str(token.token_id),
        token.name,
        f"{token.hint}…",
        localized(words.ROLES[token.role], lang),
        when(token.created_at),
        when(token.expires_at),
        when(token.revoked_at),
        when(token.used_at),
    )


def _change(settings: Settings, change: TokenChange) -> None:
    """Through the running exchange, else in its place. Raises CommandFailed with what stands against it."""
    from gateway.cli.store import refused_words
    from gateway.http.orders import TOKEN_CHANGE

    if against := refused_words(settings, "/tokens", TOKEN_CHANGE.written(change), change):
        raise CommandFailed(f"Nothing was changed: {against}.")
