"""``dalel list``: what the console's lists show, narrowed in the same words, for a terminal or a script."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from gateway.cli.frame import DEFAULT_HOME, AsJson, CliLanguage, CommandFailed, Exit, Home, Lang, out, print_json
from gateway.config.settings import Settings, load_settings

if TYPE_CHECKING:
    from gateway.lists.listing import Listing, ListPage
    from gateway.lists.models import Paging
    from gateway.lists.reader import Reader


class ListKey(StrEnum):
    """What may be listed."""

    APPEALS = "appeals"
    ALARMS = "alarms"
    DELIVERIES = "deliveries"
    DEAD_LETTERS = "dead-letters"
    TERMS = "terms"
    COUNTED_APPEALS = "counted-appeals"
    PARTIES = "parties"
    CERTIFICATES = "certificates"
    INCIDENTS = "incidents"
    NOTES = "notes"
    REFUSALS = "refusals"
    AUDIT = "audit"
    ACCESSES = "accesses"
    USERS = "users"


def show_list(
    what: Annotated[ListKey, typer.Argument(help="Which list.", show_default=False)],
    narrowed: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME=VALUE]...", help="As in the address of its page.", show_default=False),
    ] = None,
    home: Home = DEFAULT_HOME,
    lang: Lang = CliLanguage.RU,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """List what the console lists; JSON is as the API answers. Persons' numbers are blotted out.

    Examples: dalel list refusals code=NotXml within=1d · dalel list terms which=breached --json
    """
    from gateway.domain.people.access import UserRole
    from gateway.lists.all import LISTS
    from gateway.lists.listing import ListRefusal
    from gateway.lists.reader import Reader
    from gateway.texts.language import Catalogues, PageLanguage

    (listing,) = (one for one in LISTS if one.key == what)
    try:
        params = listing.parse(_pairs(narrowed or []))
    except ListRefusal as refused:
        known = ", ".join(listing.params.model_fields)
        raise CommandFailed(
            f"The list does not know what is said of {refused}. It knows: {known}", Exit.USAGE
        ) from None
    language, now = PageLanguage(lang.value), datetime.now(UTC)
    reader = Reader.of(Catalogues.packaged(), language, {}, role=UserRole.OPERATOR, name="", now=now)
    found = asyncio.run(_find(load_settings(home), listing, params, reader))
    knowing = reader.knowing(found.names)
    if as_json:
        items = [listing.item_of(row, knowing).model_dump(mode="json") for row in found.rows]
        print_json({"items": items, "after": found.after})
    else:
        out.print(_table(listing, found, knowing) if found.rows else reader.translate(listing.empty))


async def _find(settings: Settings, listing: Listing[Any, Any], params: Paging, reader: Reader) -> ListPage[Any]:
    from gateway.cli import store
    from gateway.domain.registry.directory import Directory
    from gateway.lists.listing import ListSource
    from gateway.ports.parties import LoadRegistry
    from gateway.process.ambient import SystemClock
    from gateway.reading.counts import CountCache
    from gateway.reading.parties import Figures

    async with store.reader(settings) as reads:
        clock, directory = SystemClock(), Directory.of(await reads.run(LoadRegistry()))
        figures = Figures(reads, CountCache(reads, clock), lambda: directory, clock)
        return await listing.page(ListSource(reads, figures), params, reader)


def _table(listing: Listing[Any, Any], found: ListPage[Any], reader: Reader) -> Table:
    from gateway.lists.cell import plain

    table = Table(title=reader.translate(listing.name))
    for column in listing.shown(reader.role):
        table.add_column(reader.translate(column.label))
    for row in found.rows:
        table.add_row(*(escape(plain(column.shown(row, reader), reader)) for column in listing.shown(reader.role)))
    return table


def _pairs(narrowed: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in narrowed]
    if wrong := [name for name, equals, _ in pairs if not equals]:
        raise typer.BadParameter(f"{wrong[0]} is no NAME=VALUE", param_hint="NAME=VALUE")
    return {name: value for name, _, value in pairs}
