"""``dalel evidence``: everything that proves what happened to one message, in one sealed file."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape
from rich.table import Table

from contracts.header import MessageId
from contracts.party import PartyId
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
from gateway.ports.case import ListSenders

if TYPE_CHECKING:
    from dossier.erds.pack import Traced
    from gateway.store.database import SqlReader
    from signing.keys.keypair import Certificate, SigningKey
    from signing.timestamps.token import Stamp

SUFFIX: Final = "-evidence.asice"


def evidence(
    message_id: Annotated[
        str, typer.Argument(help="The message_id, as in a receipt or a log line.", show_default=False)
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write. Default: MESSAGE_ID-evidence.asice, here.")
    ] = None,
    sender: Annotated[str | None, typer.Option(help="Whose message, where several used this message_id.")] = None,
    home: Home = DEFAULT_HOME,
    lang: Lang = CliLanguage.RU,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Write all that proves what happened to a message into one sealed file, which dalel verify proves offline.

    The file holds the message, every receipt and error signal byte for byte, the attempts, and the evidence that
    follows from them, named as in EN 319 522. Example: dalel evidence 0b54c6a1-9d2e-4c1f-8f77-3f0c7e1a2b3c
    """
    from dossier.packaging.layout import safe_name

    settings = load_settings(home)
    target = output or Path(f"{safe_name(message_id)}{SUFFIX}")
    if target.exists():
        raise CommandFailed(f"{target} exists already and is not replaced; name another file with --output.")
    traced = _traced(settings, MessageId(message_id), PartyId(sender) if sender else None)
    level = _write(settings, traced, target)
    if as_json:
        from dossier.erds.derive import evidence_of

        print_json({"file": target, "level": level, "evidence": evidence_of(traced.record), "record": traced.record})
        return
    out.print(evidence_table(traced, lang))
    out.print(escape(f"{target} · XAdES {level}"), soft_wrap=True)
    if traced.ledger is None:
        out.print(localized(words.NOT_SEALED, lang))


def _traced(settings: Settings, message_id: MessageId, sender: PartyId | None) -> Traced:
    """What is kept of the one message that is meant. Raises CommandFailed when it is not one."""
    from dossier.ledger.merkle import MalformedLedger
    from gateway.cli.store import read
    from gateway.ports.case import TraceQuery

    async def find(store: SqlReader) -> Traced | tuple[PartyId, ...] | None:
        exchange = PartyId(settings.party_id)
        senders = (sender,) if sender else await store.run(ListSenders(message_id, exchange))
        if len(senders) != 1:
            return senders
        return await store.run(TraceQuery(senders[0], message_id, exchange, datetime.now(UTC)))

    try:
        found = read(settings, find)
    except MalformedLedger as broken:
        text = f"The ledger does not hold together ({broken}): nothing is proven by it. Run: dalel ledger verify"
        raise CommandFailed(text) from broken
    if isinstance(found, tuple) and found:
        listed = " · ".join(f"--sender {party}" for party in found)
        raise CommandFailed(f"Several parties used the message_id {message_id}. Say whose is meant: {listed}")
    if not found or isinstance(found, tuple):
        whose = f" of {sender}" if sender else ""
        raise CommandFailed(
            f"The exchange holds no message{whose} with the message_id {message_id}. Copy it whole from a receipt, a"
            " log line or dalel deliveries show. What strangers sent, who proved nothing, is only in the log."
        )
    return found


# --- writing --------------------------------------------------------------------------------------------------------


def _write(settings: Settings, traced: Traced, target: Path) -> str:
    """Seal and write the file, whole or not at all; returns the XAdES level reached."""
    from signing.errors import SigningError

    key = _seal_key(settings)
    whole = replace(traced, certificates=(*traced.certificates, *_issuers(settings, traced, key)))
    try:
        data, level = asyncio.run(_packed(settings, whole, key))
    except SigningError as problem:
        raise CommandFailed(f"The file cannot be sealed: {problem}", Exit.UNREACHABLE) from problem
    fresh = target.with_name(f".{target.name}.new")
    try:
        fresh.write_bytes(data)
        fresh.replace(target)
    except OSError as problem:
        fresh.unlink(missing_ok=True)
        raise CommandFailed(f"{target} cannot be written: {problem}", Exit.UNREACHABLE) from problem
    return level


async def _packed(settings: Settings, traced: Traced, key: SigningKey) -> tuple[bytes, str]:
    from dossier.erds.pack import pack

    stream = io.BytesIO()
    async with _stamping(settings) as stamp:
        level = await asyncio.to_thread(pack, stream, traced, key, stamp)
    return stream.getvalue(), level.value


@asynccontextmanager
async def _stamping(settings: Settings) -> AsyncIterator[Stamp | None]:
    """A stamp from the authorities that the settings name; None where there are none."""
    if not settings.timestamp_urls:
        yield None
        return
    from datetime import timedelta

    import aiohttp

    from gateway.bootstrap.exchange import Environment, time_stamps
    from gateway.process.log import no_log
    from gateway.service.evidence.stamping import blocking_stamp

    async with aiohttp.ClientSession(auto_decompress=False) as session:
        with no_log():
            authorities = time_stamps(settings, session, Environment.real())
            yield blocking_stamp(authorities, within=timedelta(seconds=settings.stamp_wait_s))


def _issuers(settings: Settings, traced: Traced, key: SigningKey) -> Iterator[Certificate]:
    """Whom the certificates of the seals come from, as far as the trust folder knows: a verifier need not look."""
    from signing.errors import KeyUnusable
    from signing.trust.path import Purpose, judge_path, load_anchors

    try:
        anchors = load_anchors(settings.home / "trust")
    except (KeyUnusable, OSError):
        return  # trouble with our own anchors stops no evidence
    sealers = (key.certificate, *(seal.certificate for seal in (traced.ledger.seals if traced.ledger else ())))
    for certificate in dict.fromkeys(sealers):
        yield from judge_path(certificate, anchors, at=traced.record.made_at, purpose=Purpose.SEALS).path


def _seal_key(settings: Settings) -> SigningKey:
    from signing.errors import SigningError

    try:
        return settings.seal_key_place.load(datetime.now(UTC))
    except SigningError as problem:
        raise CommandFailed(f"The seal key cannot be used: {problem}", Exit.UNREACHABLE) from problem


# --- telling --------------------------------------------------------------------------------------------------------


def evidence_table(traced: Traced, lang: CliLanguage) -> Table:
    """The evidence for people: when (Almaty time), what, why."""
    from dossier.erds.derive import evidence_of

    record = traced.record
    action_name = record.message.action.value if record.message else "—"
    table = Table(title=escape(f"{record.message_id} · {record.sender} · {action_name}"))
    for heading in (words.WHEN, words.EVIDENCE, words.DETAIL, words.ENVELOPES):
        table.add_column(localized(heading, lang), no_wrap=heading is words.EVIDENCE)
    for one in evidence_of(record):
        why = " · ".join(filter(None, (one.reason, one.detail)))
        table.add_row(when(one.at), one.kind.value, escape(why), str(len(one.proofs)))
    return table
