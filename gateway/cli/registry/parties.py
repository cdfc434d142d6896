"""``dalel parties``: who takes part, and changing it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from contracts.party import Party, PartyId, Registry
from gateway.cli.frame import DEFAULT_HOME, AsJson, CommandFailed, Home, operator, out, print_json
from gateway.config.settings import Settings, load_settings
from gateway.ports.parties import ApplyRegistry, ListRevocations, LoadRegistry

if TYPE_CHECKING:
    from gateway.cli.registry.certificates import CertificateView
    from gateway.ports.parties import Switch

app = typer.Typer(help="Parties, their certificates, agreements and routes.", no_args_is_help=True)

PartyName = Annotated[str, typer.Argument(help="The party's id.", show_default=False)]
Reason = Annotated[str, typer.Option(help="Why; kept in the audit log.", show_default=False)]


@app.command(name="list")
def list_parties(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:  # noqa: FBT002 - a flag
    """Show the parties in force.

    Example: dalel parties list --json
    """
    registry = in_force(load_settings(home))
    if as_json:
        print_json(registry)
        return
    out.print(_table(registry, registry.parties))
    out.print(f"Duty body: {registry.duty_body or 'none'}.")


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(help="The parties file.", show_default=False)],
    home: Home = DEFAULT_HOME,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Put a parties file in force, as a whole; shows what changes. The running exchange takes it up at once.

    Example: dalel parties apply parties.yaml --dry-run
    """
    from gateway.config.yaml_form import FormInvalid
    from gateway.registry.parties_diff import diff
    from gateway.registry.parties_file import read_parties

    settings = load_settings(home)
    old = in_force(settings)
    try:
        wanted = read_parties(file, kept=old.routes)
    except FormInvalid as invalid:
        listed = "\n".join(f"  {problem}" for problem in invalid.problems)
        raise CommandFailed(f"{file} was not applied; mend what is wrong in it:\n{listed}") from invalid
    changes = diff(old, wanted)
    out.print("\n".join(escape(line) for line in changes) or "Nothing changes.", soft_wrap=True)
    _show_certificates(settings, file, wanted, old, all_of_them=dry_run)
    if changes or dry_run:
        print_gaps(wanted)
    if dry_run or not changes:
        return
    out.print(f"In force as version {put_in_force(settings, wanted)}.")


@app.command()
def show(
    party: Annotated[str | None, typer.Argument(help="One party only.", show_default=False)] = None,
    home: Home = DEFAULT_HOME,
    terms: Annotated[bool, typer.Option("--terms", help="The terms of delivery only.")] = False,  # noqa: FBT002 - a flag
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Show the place and the higher body, the terms of delivery and the certificates: how they stand, whether revoked.

    Examples: dalel parties show smas-almaty · dalel parties show --terms --json
    """
    from gateway.cli.registry.certificates import table_of
    from gateway.cli.registry.terms import terms_of, terms_table

    settings = load_settings(home)
    registry = in_force(settings)
    agreed = terms_of(registry, party)
    if party and not agreed:
        raise CommandFailed(f"There is no party {party}. The parties in force: dalel parties list --home {home}")
    if terms and as_json:
        print_json(agreed)
        return
    if not as_json and not terms:
        out.print(_table(registry, [one for one in registry.parties if party in {None, one.party_id}]))
    if not as_json:
        out.print(terms_table(agreed))
    if terms:
        return
    rows = [row for row in _views(settings, registry, registry) if party in {None, row.party_id}]
    if as_json:
        print_json(rows)
        return
    out.print(table_of(rows, f"Certificates, version {registry.version}"))
    _print_warnings(rows)


@app.command()
def pause(party: PartyName, reason: Reason, home: Home = DEFAULT_HOME) -> None:
    """Let nothing new go out to a party: what is in hand finishes, what is due waits, nothing is lost.

    Of a party with a mailbox, nothing new is handed out. Who is paused: dalel backlog, and the console.
    Example: dalel parties pause smas-almaty --reason "they move to another machine until 18:00"
    """
    from gateway.ports.parties import Switch

    _switch(load_settings(home), Switch.PAUSE, party, reason)
    out.print(f"Paused {party}. What is due for it waits, until: dalel parties resume {party}")


@app.command()
def resume(party: PartyName, reason: Reason, home: Home = DEFAULT_HOME) -> None:
    """Let what waits for a paused party go out again.

    Example: dalel parties resume smas-almaty --reason "they have moved"
    """
    from gateway.ports.parties import Switch

    _switch(load_settings(home), Switch.RESUME, party, reason)
    out.print(f"Resumed {party}.")


def _switch(settings: Settings, to: Switch, party: str, reason: str) -> None:
    """Through the running exchange, else in its place. Raises CommandFailed with what stands against it."""
    from datetime import UTC, datetime

    from gateway.cli.store import refused_words
    from gateway.http.orders import SWITCH, SwitchOrder
    from gateway.ports.parties import SwitchJob

    if not reason.strip():
        raise typer.BadParameter("the reason may not be empty", param_hint="--reason")
    order = SwitchOrder(to, PartyId(party), operator(), reason.strip())
    job = SwitchJob(to, order.party_id, order.by, order.reason, datetime.now(UTC))
    if against := refused_words(settings, "/parties/switch", SWITCH.written(order), job):
        raise CommandFailed(f"Nothing was changed: {against}. The parties in force: dalel parties list")


def print_gaps(registry: Registry) -> None:
    """Say loudly what a registry leaves open; it may be applied all the same."""
    from gateway.domain.registry.gaps import gaps

    for gap in gaps(registry):
        out.print(f"[yellow]![/] {escape(gap)}", soft_wrap=True)


def _table(registry: Registry, parties: Iterable[Party]) -> Table:
    table = Table(title=f"Parties, version {registry.version}")
    for heading in ("party", "role", "BIN", "reached by", "certificates", "place", "higher body", "name"):
        table.add_column(heading)
    for one in parties:
        cells = (one.party_id, one.role, one.bin, one.endpoint or "its mailbox", str(len(one.certificates)))
        table.add_row(*map(escape, (*cells, one.kato or "", one.higher or "", one.name.ru)))
    return table


def _show_certificates(settings: Settings, file: Path, wanted: Registry, old: Registry, *, all_of_them: bool) -> None:
    """Those that are new or all, and what is to be said of any. Raises CommandFailed when one must not be applied."""
    from datetime import UTC, datetime

    from gateway.cli.registry.certificates import table_of
    from gateway.registry.certificates import party_certificates, problems_of

    judged = party_certificates(wanted, old, now=datetime.now(UTC))
    fresh = {one.certificate.sha256 for one in judged if one.is_new}
    rows = _views(settings, wanted, old)
    if shown := [row for row in rows if all_of_them or row.sha256 in fresh]:
        out.print(table_of(shown, "Certificates" if all_of_them else "New certificates"))
    _print_warnings(rows)
    if problems := problems_of(judged):
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise CommandFailed(f"{file} was not applied; mend what is wrong with its certificates:\n{listed}")


def _views(settings: Settings, wanted: Registry, old: Registry) -> list[CertificateView]:
    from datetime import UTC, datetime

    from gateway.cli.registry.certificates import views
    from gateway.cli.store import read
    from gateway.registry.certificates import party_certificates
    from signing.errors import KeyUnusable

    now = datetime.now(UTC)
    known = {one.latest.certificate_sha256: one for one in read(settings, lambda store: store.run(ListRevocations()))}
    try:
        return views(party_certificates(wanted, old, now=now), known, settings, now=now)
    except (KeyUnusable, OSError) as problem:
        raise CommandFailed(f"A certificate cannot be read: {problem}. Look into {settings.trust_folder}.") from problem


def _print_warnings(rows: list[CertificateView]) -> None:
    for row in rows:
        for warning in row.warnings:
            out.print(escape(f"! party {row.party_id}, certificate {row.sha256[:16]}: {warning}"), soft_wrap=True)


def in_force(settings: Settings) -> Registry:
    """The newest registry version."""
    from gateway.cli.store import read

    return read(settings, lambda store: store.run(LoadRegistry()))


def put_in_force(settings: Settings, registry: Registry) -> int:
    """Make ``registry`` the newest version, through the running exchange or in its place; returns its number."""
    from datetime import UTC, datetime

    from gateway.cli.store import act, call_server
    from gateway.registry.parties_file import form_of

    answer = call_server(settings, "POST", "/registry", {"parties": form_of(registry), "by": operator()})
    if answer is not None:
        return int(answer["version"])
    now = datetime.now(UTC)
    return act(settings, lambda store: store.run(ApplyRegistry(registry, by=operator(), at=now)))
