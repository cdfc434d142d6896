"""``dalel keys``: what signs, and replacing it without a restart."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from contracts.party import PartyId
from gateway.cli.frame import DEFAULT_HOME, AsJson, CommandFailed, Exit, Home, out, print_json
from gateway.cli.store import call_every_node, call_server
from gateway.config.settings import Settings, load_settings
from gateway.keys.place import KEY_NAMES, KeyName, KeyPlace
from signing.errors import SigningError

if TYPE_CHECKING:
    from signing.keys.keypair import SoftwareKey

app = typer.Typer(help="The keys of the exchange.", no_args_is_help=True)

Name = Annotated[KeyName, typer.Argument(help="message or seal.", show_default=False)]


@app.command(name="list")
def list_keys(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:  # noqa: FBT002 - a flag
    """Show the keys in force: those of the running exchange, or else those that it would start with.

    Example: dalel keys list --json
    """
    settings = load_settings(home)
    states = call_server(settings, "GET", "/keys")
    _show([_at_rest(_place(settings, name)) for name in KEY_NAMES] if states is None else states, as_json=as_json)


@app.command()
def reload(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:  # noqa: FBT002 - a flag
    """Have the running exchange read its keys again now, tokens too; what is no good leaves the old key in force.

    Example: dalel keys reload
    """
    answer = call_every_node(load_settings(home), "POST", "/keys/reload")
    if not answer:
        raise CommandFailed("No exchange is running on this home; it reads its keys when it starts.", Exit.UNREACHABLE)
    states = [state for node in answer for state in node]
    _show(states, as_json=as_json)
    if any(state["trouble"] for state in states):
        raise CommandFailed("What lies in a key's place is not in force; mend what the last column says.")


@app.command()
def rotate(
    name: Name,
    key: Annotated[Path | None, typer.Option(help="PEM of the next private key, mode 0600.")] = None,
    certificate: Annotated[Path | None, typer.Option(help="PEM of its certificate.")] = None,
    prepare: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--prepare", help="Only make or check and register it, so that peers can learn it first.")
    ] = False,
    home: Home = DEFAULT_HOME,
) -> None:
    """Replace a key by the next one: the one named, the one prepared, or one of the sandbox's authority.

    The certificate of the message key is registered beside the old one before it signs. The old pair stays beside it.

    Examples: dalel keys rotate message --prepare · dalel keys rotate seal --key next.key --certificate next.pem
    """
    from gateway.keys.rotation import RotationRefused

    settings = load_settings(home)
    try:
        _rotate(settings, _place(settings, name), _named(key, certificate), only_prepare=prepare)
    except (RotationRefused, SigningError) as problem:
        raise CommandFailed(f"Nothing was replaced: {problem}") from problem


def _rotate(settings: Settings, place: KeyPlace, named: SoftwareKey | None, *, only_prepare: bool) -> None:
    from gateway.bootstrap.sandbox import issuer_in
    from gateway.keys import rotation

    now = datetime.now(UTC)
    rotation.PairFiles.of(place)  # raises for what we cannot replace, before anything is made
    fresh = named or rotation.next_pair(place, issuer_in(settings.home / "ca"), now=now)
    rotation.require_fit(fresh, place, now=now)
    if place.name == "message":
        _register(settings, fresh)
    if only_prepare:
        waiting = rotation.prepare(place, fresh)
        out.print(f"Prepared {waiting.certificate}. Give it to your peers; when they know it:", soft_wrap=True)
        out.print(f"[bold]dalel keys rotate {place.name}[/]", soft_wrap=True)
        return
    kept = rotation.install(place, fresh)
    out.print(f"Put in place: certificate {fresh.certificate.sha256}, until {fresh.certificate.not_after:%Y-%m-%d}.")
    out.print(f"The old pair is kept: {kept.key}, {kept.certificate.name}.", soft_wrap=True)
    if place.name == "message":
        text = f"Name {kept.certificate} beside the new one in your parties file, or its next apply drops the old one."
        out.print(text, soft_wrap=True)
    _tell_server(settings)


def _register(settings: Settings, fresh: SoftwareKey) -> None:
    from gateway.cli.registry.parties import in_force, put_in_force
    from gateway.keys import rotation

    before = in_force(settings)
    wanted = rotation.registered(before, PartyId(settings.party_id), fresh.certificate)
    if wanted is not before:
        version = put_in_force(settings, wanted)
        out.print(f"Registered the certificate beside the old one, as version {version} of the registry.")


def _tell_server(settings: Settings) -> None:
    answer = call_every_node(settings, "POST", "/keys/reload")
    if not answer:
        out.print("No exchange is running; it will start with the new key.")
    elif troubles := [f"{state['name']}: {state['trouble']}" for node in answer for state in node if state["trouble"]]:
        raise CommandFailed("The running exchange keeps the old key. " + "; ".join(troubles))
    else:
        out.print("The running exchange signs with it now.")


def _named(key: Path | None, certificate: Path | None) -> SoftwareKey | None:
    from signing.keys.files import load_pair

    if (key is None) != (certificate is None):
        raise CommandFailed("Name both --key and --certificate, or neither.", Exit.USAGE)
    return load_pair(key, certificate) if key and certificate else None


def _place(settings: Settings, name: KeyName) -> KeyPlace:
    return settings.message_key_place if name == "message" else settings.seal_key_place


def _at_rest(place: KeyPlace) -> dict[str, Any]:
    """As the running exchange would tell it."""
    from gateway.keys.keyring import state_of

    try:
        held = place.load(datetime.now(UTC))
    except SigningError as problem:
        raise CommandFailed(f"The {place.name} key cannot be used: {problem}") from problem
    state = state_of(place, held, None)
    return {field: getattr(state, field) for field in state.__slots__} | {"not_after": state.not_after.isoformat()}


def _show(states: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(states)
        return
    table = Table()
    for heading in ("key", "certificate", "until", "algorithm", "holder", "not in force"):
        table.add_column(heading)
    for state in states:
        until, trouble = state["not_after"][:10], state["trouble"] or ""
        subject = escape(state["subject"])
        table.add_row(state["name"], state["sha256"][:16], until, state["algorithm"], subject, escape(trouble))
    out.print(table)
