"""A store with so many of everything the console lists, spread over the last ten days, and a thousand parties."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, text

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from contracts.party import PartyId, PartyRole
from gateway.domain.reports.causes import HOUR
from gateway.ports.causes import CountCauses
from gateway.ports.parties import LoadRegistry
from gateway.store.engine.connect import writing_engine
from gateway.store.reads.causes import count_causes
from tests.bench.groups.reports import seed_reports
from tests.bench.numbered import insert_numbered
from tests.worlds.exchange.world import World

DAYS: Final = 10
PARTIES: Final = 1_000
_STATE: Final = (
    "CASE WHEN n % :step = 1 THEN 'dead_lettered' WHEN n % :step = 3 THEN 'parked' WHEN n % :step = 2 THEN 'rejected' "
    "WHEN n % 200 = 4 THEN 'retry_scheduled' ELSE 'acknowledged' END"
)
_CONVERSATIONS: Final = (
    "conversations (conversation_id, appeal_number, opened_by, opened_at, seq)",
    "SELECT 'c-' || n, 'DL-2026-' || substr('000000000' || n, -10), 'eotinish', :start + n, 1",
)
_MESSAGES: Final = (
    "messages (sender, message_id, recipient, conversation_id, action, outgoing, digest, operation, at)",
    "SELECT 'dalel', 'm-' || n, 'akimat-almaty', 'c-' || n, 'AssignAppeal', true, 'd', NULL, :start + n",
)
_DELIVERIES: Final = (
    (
        "deliveries (conversation_id, sender, message_id, recipient, action, channel, priority, state, attempts, "
        "next_attempt_at, fence, created_at, finished_at, escalated, code)"
    ),
    (
        "SELECT 'c-' || n, 'dalel', 'm-' || n, CASE WHEN n % 3 = 0 THEN 'akimat-almaty' ELSE 'smas-almaty' END, "
        f"'AssignAppeal', 'push', 2, {_STATE}, 1, CASE WHEN n % 200 = 4 THEN :start + n END, 1, :start + n * :apart, "
        f"CASE WHEN {_STATE} IN ('acknowledged', 'rejected') THEN :start + n * :apart + n % 977 * 9973 END, 0, "
        f"CASE {_STATE} WHEN 'rejected' THEN 'UnknownSubject' WHEN 'dead_lettered' THEN 'NoSuchParty' END"
    ),
)
_LISTED: Final = (
    (
        "listed_appeals (conversation_id, opened_at, seq, status, subject, body, case_number, disagreed, missed, "
        "has_missed, persons_key)"
    ),
    (
        "SELECT 'c-' || n, :start + n * :apart, 1, CASE WHEN n % :step = 1 THEN 'court_refused' "
        "WHEN n % 10 = 4 THEN 'replied' ELSE 'closed' END, 'HOUSING-QUEUE', "
        "CASE WHEN n % 3 = 0 THEN 'akimat-almaty' ELSE 'smas-almaty' END, "
        "CASE WHEN n % :step = 1 THEN 'case-7' ELSE 'case-' || (n + 10) END, n % 10 <> 4, "
        "CASE WHEN n % :step < 3 THEN 1 ELSE 0 END, n % :step < 3, NULL"
    ),
)
_TERMS: Final = (
    "terms (conversation_id, term_id, duty, party, due_at, remind_at, state, breached_at, closed_at)",
    (
        "SELECT 'c-' || n, 't-1', 'consideration', CASE WHEN n % 3 = 0 THEN 'akimat-almaty' ELSE 'smas-almaty' END, "
        ":start + n * :apart + 10 * 86400000000, NULL, CASE WHEN n % :step = 1 THEN 'breached' "
        "WHEN n % 2 = 0 THEN 'open' ELSE 'met' END, CASE WHEN n % :step = 1 THEN :start + n * :apart END, NULL"
    ),
)
_ATTEMPTS: Final = (
    "attempts (delivery_id, number, started_at, finished_at, outcome)",
    "SELECT n, 1, :start + n * :apart, :start + n * :apart + 100000, CASE WHEN n % 7 = 0 THEN 'Unknown' ELSE 'Acknowledged' END",  # noqa: E501 - SQL
)
_REFUSALS: Final = (
    "refusals (at, path, remote, code, detail, sender, message_id, request_sha256, size)",
    (
        "SELECT :start + n * :apart, '/soap/v1/agency', '127.0.0.1', CASE WHEN n % :step = 1 THEN 'NotXml' "
        "ELSE 'SchemaViolation' END, 'why', CASE WHEN n % 3 = 0 THEN 'akimat-almaty' ELSE 'smas-almaty' END, "
        "'m-' || n, 'd', 7"
    ),
)
_INCIDENTS: Final = (
    ("incidents (thread, number, party, message_id, severity, text, contact, reported_at, state, about_message_id)"),
    (
        "SELECT 't-' || n, 'IN-' || n, CASE WHEN n % 3 = 0 THEN 'akimat-almaty' ELSE 'smas-almaty' END, 'r-' || n, "
        "'normal', 'why', 'who', :start + n * :apart, CASE WHEN n % :step < 4 THEN 'open' ELSE 'closed' END, 'a-' || n"
    ),
)
_NOTES: Final = (
    "notes (at, about, key, text, author, to_role, closed_at)",
    (
        "SELECT :start + n * :apart, 'delivery', n || '', 'why', 'nurlan', 'admin', "
        "CASE WHEN n % :step < 2 THEN NULL ELSE :start + n * :apart END"
    ),
)

_AUDIT: Final = (
    "audit_log (at, by, act, subject, reason, result)",
    (
        "SELECT :start + n * :apart, CASE WHEN n % :step = 1 THEN 'console:nurlan' ELSE 'cleaner' END, "
        "CASE WHEN n % :step IN (1, 5) THEN 'delivery.parked' WHEN n % :step = 7 THEN 'party.paused' "
        "ELSE 'payload.erased' END, CAST(n AS TEXT), 'why', CASE WHEN n % :step < 4 THEN 'refused: x' ELSE 'done' END"
    ),
)
_ACCESSES: Final = (
    "accesses (at, reader, what, subject, about)",
    (
        "SELECT :start + n * :apart, CASE WHEN n % :step = 1 THEN 'user:1' ELSE 'akimat-almaty' END, "
        "CASE WHEN n % :step = 1 THEN 'envelope' WHEN n % :step = 2 THEN 'document' WHEN n % 2 = 1 THEN 'mailbox' "
        "ELSE 'history' END, CAST(n AS TEXT), 'DL-2026-' || substr('000000000' || n, -10)"
    ),
)
_LEAVES: Final = (
    "leaves (record, key, digest, content, at, position)",
    (
        "SELECT 'audit_log', '[' || (n + (SELECT max(audit_id) FROM audit_log) - :many) || ']', "
        "CAST('x' AS BLOB), CAST('x' AS BLOB), :start + n, n - 1"
    ),
)
_USERS: Final = (
    "users (name, role, password_hash, created_at, failures)",
    "SELECT 'user-' || n, CASE WHEN n % :step = 1 THEN 'auditor' ELSE 'viewer' END, '', :start + n, 0",
)
_ALARMS: Final = (
    "alarms (kind, subject, level, rank, raised_at, louder_at, notified_at, returns, cleared_at)",
    (
        "SELECT CASE WHEN n % :step = 1 THEN 'disk_low' WHEN n % 2 = 0 THEN 'party_silent' ELSE 'oldest_over' END, "
        "'party-' || n, 'alarm', 0, :start + n * :apart, :start + n * :apart, :start + n * :apart, 0, "
        "CASE WHEN n % :step = 2 THEN NULL ELSE :start + n * :apart END"
    ),
)
_STEPS: Final = (
    "alarm_steps (alarm_id, at, happening, level)",
    "SELECT n, :start + n * :apart, 'raised', 'alarm'",
)

SEEDED: Final = (
    _CONVERSATIONS, _MESSAGES, _DELIVERIES, _LISTED, _TERMS, _ATTEMPTS, _REFUSALS, _AUDIT, _ACCESSES, _LEAVES,
    _USERS, _ALARMS, _STEPS, _INCIDENTS, _NOTES,
)  # fmt: skip


async def fill(world: World, many: int) -> None:
    """Parties, rows, and what is counted of them; nothing of it is signed or sealed."""
    await _add_parties(world)
    start = int(world.clock.now().timestamp() * 1_000_000) - DAYS * 86_400_000_000
    engine = writing_engine(world.database_url, connections=1)
    with engine.begin() as connection:
        seed(connection, many, start=start)
        seed_reports(connection, many, start=start)
        connection.execute(text("ANALYZE"))  # or PostgreSQL would read a million rows for each hour of the causes
        begun = datetime.fromtimestamp(start // 1_000_000, UTC).replace(minute=0, second=0)
        count_causes(connection, [CountCauses(tuple(begun + n * HOUR for n in range(DAYS * 24)))])
        connection.execute(text("ANALYZE"))
    engine.dispose()


def seed(connection: Connection, many: int, *, start: int) -> None:
    """So many of each of the last ten days; a hundred of each rare state, so that pages are equally long."""
    values = {"many": many, "start": start, "apart": DAYS * 86_400_000_000 // many, "step": many // 100}
    for into, rows in SEEDED:
        insert_numbered(connection, into, _spelled(rows, connection.dialect.name), values)


def _spelled(rows: str, dialect: str) -> str:
    if dialect == "sqlite":
        return rows
    return rows.replace("substr('000000000' || n, -10)", "lpad(n::text, 10, '0')").replace("AS BLOB", "AS BYTEA")


async def _add_parties(world: World) -> None:
    """A thousand in the registry, each with a certificate of its own."""
    registry, now = await world.exchange.store.run(LoadRegistry()), world.clock.now()
    authority = SandboxAuthority.create("Bench CA", now=now)
    pattern = registry.parties[0]
    more = [PartyId(f"party-{n:04d}") for n in range(PARTIES - len(registry.parties))]
    keys = await asyncio.to_thread(
        lambda: [authority.issue(one, bin=pattern.bin, usage=Usage.MESSAGE, now=now, key_kind="P-256") for one in more]
    )
    made = [
        replace(pattern, party_id=one, role=PartyRole.AGENCY, certificates=(key.certificate.der,))
        for one, key in zip(more, keys, strict=True)
    ]
    await world.apply(replace(registry, parties=(*registry.parties, *made)))
