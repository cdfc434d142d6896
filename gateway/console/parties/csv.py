"""Parties and their certificates as CSV, as they are narrowed on the page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from aiohttp import web

from gateway.console.csv_export import lines
from gateway.console.parties.certificates import CertificateLine
from gateway.console.parties.lists import PartyLine
from gateway.lists.column import harmless
from gateway.texts.times import when

PARTIES: Final = (
    "party", "name_ru", "bin", "role", "channel", "circuit", "troubles", "paused_since_almaty", "paused_by",
    "pause_reason", "attempts_hour", "answered_hour", "attempts_day", "answered_day", "last_receipt_almaty",
    "last_fetch_almaty", "waiting", "in_flight", "receipt_to_follow", "parked", "dead_letters", "oldest_almaty",
    "certificate_ends_almaty", "days_left",
)  # fmt: skip
CERTIFICATES: Final = (
    "party", "bin", "holder", "subject", "issuer", "serial", "sha256", "from_almaty", "until_almaty", "days_left",
    "standing", "revocation", "asked_almaty", "followed_until_almaty", "unknown_because",
)  # fmt: skip


def parties_csv(found: Iterable[PartyLine], now: datetime) -> web.Response:
    """All that fit; some thousands at most, since the registry holds no more."""
    return _file("parties", PARTIES, map(_party, found), now)


def certificates_csv(found: Iterable[CertificateLine], now: datetime) -> web.Response:
    """All that fit."""
    return _file("certificates", CERTIFICATES, map(_certificate, found), now)


def _file(name: str, headings: tuple[str, ...], rows: Iterable[tuple[str, ...]], now: datetime) -> web.Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}-{now:%Y%m%d-%H%M%S}.csv"'}
    body = b"\xef\xbb\xbf" + lines([headings, *rows])
    return web.Response(body=body, headers=headers, content_type="text/csv", charset="utf-8")


def _party(line: PartyLine) -> tuple[str, ...]:
    known, pause, backlog, ends = line.known, line.known.pause, line.known.backlog, line.ends
    counts = ("waiting", "in_flight", "handed_out", "parked", "dead_lettered")
    return (
        known.party.party_id, harmless(known.party.name.ru), known.party.bin, known.party.role.value,
        known.party.channel.value, known.circuit_state.value, " ".join(one.trouble.value for one in line.troubles),
        when(pause.since if pause else None), pause.by if pause else "", harmless(pause.reason) if pause else "",
        str(known.tried.in_hour), str(known.tried.answered_in_hour), str(known.tried.in_day),
        str(known.tried.answered_in_day), when(known.receipt_at), when(known.fetched_at),
        *(str(getattr(backlog, name) if backlog else 0) for name in counts), when(known.oldest_at),
        when(ends.certificate.not_after if ends else None), str(ends.days_left) if ends else "",
    )  # fmt: skip


def _certificate(line: CertificateLine) -> tuple[str, ...]:
    one = line.certificate
    return (
        line.party.party_id, line.party.bin, harmless(line.holder), harmless(one.subject), harmless(one.issuer),
        line.serial, one.sha256, when(one.not_before), when(one.not_after), str(line.days_left), line.standing.value,
        line.revocation.value if line.revocation else "", when(line.checked_at), when(line.followed_by),
        line.why_unknown.value if line.why_unknown else "",
    )  # fmt: skip
