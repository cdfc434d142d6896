"""``dalel eds``: whether the citizen's own signatures under an appeal hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from contracts.header import ConversationId
from gateway.cli import words
from gateway.cli.frame import (
    DEFAULT_HOME,
    AsJson,
    CliLanguage,
    CommandFailed,
    Exit,
    Home,
    Lang,
    localized,
    out,
    print_json,
    when,
)  # fmt: skip
from gateway.config.settings import Settings, load_settings
from gateway.ports.case import FindConversation, ListMessages, LoadCase
from signing.service import Opinion, SignatureAnswer

if TYPE_CHECKING:
    from gateway.service.cases.eds import Signatory, SignedAct
    from gateway.store.database import SqlReader
    from signing.keys.keypair import SigningKey
    from signing.service import SignatureService


@dataclass(frozen=True, slots=True)
class JudgedAct:
    """One act of the citizen and what came of its signature; None where none came."""

    action: str
    at: datetime
    opinion: Opinion | None


def eds(
    number: Annotated[str, typer.Argument(help="Number of the appeal.", show_default=False)],
    home: Home = DEFAULT_HOME,
    lang: Lang = CliLanguage.RU,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Ask whether the citizen's own signatures under an appeal hold now; nothing of the case is changed by it.

    NCANode is asked where ncanode_url is set. Without it RSA and P-256 are judged here, GOST is not, and revocation
    stays unknown. Ends with 0 when every signature holds, 1 when one fails, 3 when it cannot be told.

    Example: dalel eds DL-2026-0123456789 --lang kk
    """
    settings = load_settings(home)
    judged = _judged(settings, number)
    if as_json:
        print_json(judged)
    else:
        out.print(_table(judged, lang))
    raise typer.Exit(_exit(judged))


def _judged(settings: Settings, number: str) -> list[JudgedAct]:
    from gateway.cli.store import read
    from signing.errors import KeyUnavailable, KeyUnusable

    signatory, acts = read(settings, lambda store: _acts(store, number))
    try:
        return asyncio.run(_request_of(settings, signatory, acts))
    except KeyUnavailable as away:
        raise CommandFailed(f"{away}. Ask again when it is up.", Exit.UNREACHABLE) from away
    except KeyUnusable as trouble:
        raise CommandFailed(f"{trouble}.", Exit.UNREACHABLE) from trouble


async def _acts(store: SqlReader, number: str) -> tuple[Signatory, tuple[SignedAct, ...]]:
    from contracts import codec
    from contracts.payloads import RegisterAppeal
    from gateway.service.cases.eds import Signatory, signed_acts

    conversation: ConversationId | None = await store.run(FindConversation(number))
    case = await store.run(LoadCase(conversation)) if conversation else None
    appeal = codec.parse_operation(case.registration).payload if case else None
    if case is None or not isinstance(appeal, RegisterAppeal):
        raise CommandFailed(f"No appeal has the number {number}. Copy it from the receipt or a notice, whole.")
    acts = tuple(signed_acts(await store.run(ListMessages(case.conversation_id))))
    return Signatory(appeal.applicant, appeal.representative), acts


async def _request_of(settings: Settings, signatory: Signatory, acts: Sequence[SignedAct]) -> list[JudgedAct]:
    from gateway.service.cases.eds import judge_eds

    judged = []
    async with _service(settings) as service:
        for act in acts:
            opinion = await judge_eds(act.signature, act.text, signatory, service) if act.signature else None
            judged.append(JudgedAct(act.action, act.at, opinion))
    return judged


@asynccontextmanager
async def _service(settings: Settings) -> AsyncIterator[SignatureService]:
    import aiohttp

    from gateway.bootstrap.authorities import ncanode
    from signing.localservice import LocalSignatures
    from signing.trust.path import load_anchors, load_intermediates

    def now() -> datetime:
        return datetime.now(UTC)

    def key() -> SigningKey:
        return settings.seal_key_place.load(now())

    if settings.ncanode_url is None:
        yield LocalSignatures(
            key,
            anchors=lambda: load_anchors(settings.trust_folder),
            intermediates=lambda: load_intermediates(settings.trust_folder),
            now=now,
            body_id=lambda: "id",
        )
        return
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        yield ncanode(settings, settings.ncanode_url, session, now)


def _exit(judged: Sequence[JudgedAct]) -> Exit:
    verdicts = {each.opinion.verdict for each in judged if each.opinion}
    if SignatureAnswer.FAILS in verdicts:
        return Exit.FAILED
    return Exit.OK if verdicts == {SignatureAnswer.HOLDS} else Exit.INDETERMINATE


def _table(judged: Sequence[JudgedAct], lang: CliLanguage) -> Table:
    """When (Almaty time), what, whether it holds, whose certificate, why not."""
    table = Table()
    for heading in (words.WHEN, words.MESSAGE, words.SIGNATURE, words.HOLDER, words.DETAIL):
        table.add_column(localized(heading, lang))
    for each in judged:
        verdict = localized(words.VERDICTS[each.opinion.verdict] if each.opinion else words.NO_SIGNATURE, lang)
        holders = each.opinion.holders if each.opinion else ()
        names = ", ".join(holder.common_name or f"{holder.serial:x}" for holder in holders)
        detail = each.opinion.detail if each.opinion else ""
        table.add_row(when(each.at), each.action, verdict, escape(names), escape(detail))
    return table
