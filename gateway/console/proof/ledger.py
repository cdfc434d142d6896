"""The ledger: how much is sealed, by whom and when; a record's leaf with its proof; heads that were kept elsewhere."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from dossier.ledger.merkle import (
    LedgerEvidence,
    MalformedLedger,
    TreeHead,
    read_tree_head,
    tree_head_bytes,
    verify_inclusion,
)
from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.guard import require
from gateway.console.live import stream
from gateway.console.proof.pack import proof_zip
from gateway.console.respond import page
from gateway.console.typed import PAGE
from gateway.domain.people.access import Right, authorise
from gateway.domain.people.audit_result import AuditOutcome, AuditResult
from gateway.ports.alarms import LoadLedgerWalk
from gateway.ports.audit import AuditEntry, AuditQuery
from gateway.ports.ledger import (
    CheckContinuity,
    FindLeaf,
    FindLeafAt,
    FindNewestSeal,
    LeafFound,
    LedgerBroken,
    ListRecordKinds,
    ListSeals,
    MeasureGrowth,
    SealRow,
)
from gateway.texts.language import marked
from signing.errors import TimestampRejected
from signing.timestamps.token import TimestampToken, read_token

CHECKED: Final = "ledger.checked"
"""What the audit log calls a check of everything by the command."""
LONGEST_HEAD: Final = 2_000

KINDS: Final[Mapping[str, str]] = {
    "events": marked("event of an appeal: conversation and number"),
    "audit_log": marked("line of the audit log: its number"),
    "accesses": marked("look at personal data: its number"),
    "messages": marked("message: sender and message_id"),
    "inbox": marked("message that came in: sender and message_id"),
    "deliveries": marked("delivery: its number"),
    "delivery_ends": marked("end of a delivery: its number"),
    "attempts": marked("attempt: its number"),
    "documents": marked("document: its id"),
    "refusals": marked("refusal at intake: its number"),
    "registry_versions": marked("version of the registry: its number"),
}
"""What one may look for, and by what; other kinds of records stand by their names."""


@dataclass(frozen=True, slots=True)
class SealLine:
    """A seal of the chain. ``token``: None where there is none, or none that can be read."""

    row: SealRow
    token: TimestampToken | None

    @property
    def waits(self) -> bool:
        """Whether an authority is still to stamp it."""
        return self.row.seal is not None and self.row.seal.token is None


@dataclass(frozen=True, slots=True)
class Proven:
    """A leaf and whether its proof holds, computed here. ``head``: of the tree that it is in."""

    leaf: LeafFound
    evidence: LedgerEvidence | None
    head: TreeHead | None
    token: TimestampToken | None
    holds: bool
    content: str

    @property
    def path(self) -> Sequence[str]:
        """Hashes from the leaf up, in hex."""
        return [step.hex() for step in self.evidence.proofs[0][1].path] if self.evidence else ()

    @property
    def address(self) -> str:
        """Of the page."""
        return urlencode({"record": self.leaf.record, "key": self.leaf.key})


@dataclass(frozen=True, slots=True)
class Compared:
    """A head that somebody kept. ``head``: None where the words are none."""

    head: TreeHead | None
    continues: bool = False
    is_ours: bool = True


def add_routes(app: web.Application) -> None:
    """``/ledger``."""
    app.router.add_get("/ledger", _show)
    app.router.add_get("/ledger/live", _live)
    app.router.add_get("/ledger/head/download", _head)
    app.router.add_get("/ledger/leaf", _leaf)
    app.router.add_get("/ledger/leaf/download", _proof)
    app.router.add_get("/ledger/compare", _back)
    app.router.add_post("/ledger/compare", _compare)


async def _show(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    return await _page(request)


async def _live(request: web.Request) -> web.StreamResponse:
    require(request, Right.SEE)
    counts = request.config_dict[CONTEXT].counts

    async def version() -> str:
        return _version((await counts.current()).ledger)

    return await stream(request, version)


def _version(of: object) -> str:
    return hashlib.sha256(repr(of).encode()).hexdigest()[:16]


async def _page(request: web.Request, compared: Compared | None = None) -> web.Response:
    reads = request.config_dict[CONTEXT].reads
    counted = await request.config_dict[CONTEXT].counts.current()
    value = request.query.get("before", "")
    before = int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None
    rows = await reads.run(ListSeals(before, limit=PAGE + 1))
    checks = await reads.run(AuditQuery(act=CHECKED, limit=1))
    growth = await reads.run(MeasureGrowth(limit=1))
    return page(
        request,
        "proof/ledger.html",
        counted=counted,
        version=_version(counted.ledger),
        seals=await asyncio.to_thread(_lines, rows[:PAGE]),
        before=before,
        next_before=rows[PAGE - 1].tree_size if len(rows) > PAGE else None,
        broken=growth.detail if isinstance(growth, LedgerBroken) else "",
        checked=next(iter(checks), None),
        holds=holds,
        walk=await request.config_dict[CONTEXT].exchange.store.run(LoadLedgerWalk()),
        kinds=[(kind, KINDS.get(kind, kind)) for kind in sorted(await reads.run(ListRecordKinds()), key=_rank)],
        compared=compared,
    )


def holds(checked: AuditEntry) -> bool:
    """Whether a check found everything as it was recorded."""
    return AuditResult.read(checked.result).outcome is AuditOutcome.DONE


def _rank(kind: str) -> tuple[int, str]:
    order = list(KINDS)
    return order.index(kind) if kind in KINDS else len(order), kind


def _lines(rows: Sequence[SealRow]) -> tuple[SealLine, ...]:
    """Blocking: reading a token takes a millisecond."""
    return tuple(SealLine(row, _token(row.seal.token if row.seal else None)) for row in rows)


def _token(der: bytes | None) -> TimestampToken | None:
    try:
        return read_token(der) if der is not None else None
    except TimestampRejected:
        return None


# --- heads ----------------------------------------------------------------------------------------------------------


async def _head(request: web.Request) -> web.Response:
    """The newest one, byte for byte as it was signed."""
    require(request, Right.SEE)
    seal = await request.config_dict[CONTEXT].reads.run(FindNewestSeal())
    if seal is None:
        raise web.HTTPNotFound
    name = f"head-{seal.head.tree_size}.json"
    return _file(tree_head_bytes(seal.head), name, "application/json")


async def _compare(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    context = request.config_dict[CONTEXT]
    value = str((await request.post()).get("head", ""))[:LONGEST_HEAD].strip()
    try:
        head = read_tree_head(value.encode())
    except (MalformedLedger, UnicodeEncodeError):
        return await _page(request, Compared(None))
    compared = Compared(head, await context.reads.run(CheckContinuity(head)), head.log == context.exchange.me)
    return await _page(request, compared)


async def _back(_: web.Request) -> web.StreamResponse:
    raise web.HTTPSeeOther(f"{PREFIX}/ledger")


# --- leaves ---------------------------------------------------------------------------------------------------------


async def _leaf(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    found = await _requested(request)
    shown = await asyncio.to_thread(_proven, found) if found else None
    return page(
        request,
        "proof/leaf.html",
        shown=shown,
        kinds=KINDS,
        filters={name: request.query.get(name, "")[:200] for name in ("record", "key")},
        may_read=authorise(request[SESSION].user.role, Right.AUDIT).is_allowed,
    )


async def _proof(request: web.Request) -> web.Response:
    require(request, Right.EXPORT)
    found = await _requested(request)
    if found is None or found.evidence is None:
        raise web.HTTPNotFound
    with_content = authorise(request[SESSION].user.role, Right.AUDIT).is_allowed
    packed = await asyncio.to_thread(proof_zip, found, found.evidence, with_content=with_content)
    return _file(packed, f"leaf-{found.position}.zip", "application/zip")


async def _requested(request: web.Request) -> LeafFound | None:
    """By its record, else by its position."""
    reads, record, key = (
        request.config_dict[CONTEXT].reads,
        request.query.get("record", ""),
        request.query.get("key", ""),
    )
    if record == "position":
        fits = key.isascii() and key.isdigit() and len(key) < 19
        return await reads.run(FindLeafAt(int(key))) if fits else None
    return await reads.run(FindLeaf(record, key[:1_000]))


def _proven(leaf: LeafFound) -> Proven:
    if leaf.evidence is None:
        return Proven(leaf, None, None, None, holds=False, content=_heading(leaf.content))
    ((seal,), ((_, proof),)) = leaf.evidence.seals, leaf.evidence.proofs
    is_in_tree = verify_inclusion(proof, leaf.digest, seal.head)
    is_its_digest = leaf.content is None or hashlib.sha256(leaf.content).digest() == leaf.digest
    token, content = _token(seal.token), _heading(leaf.content)
    return Proven(leaf, leaf.evidence, seal.head, token, holds=is_in_tree and is_its_digest, content=content)


def _heading(content: bytes | None) -> str:
    """Laid out for people."""
    if content is None:
        return ""
    try:
        return json.dumps(json.loads(content), ensure_ascii=False, indent=2)
    except ValueError:
        return content.decode("utf-8", "replace")


def _file(body: bytes, name: str, media_type: str) -> web.Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=body, headers=headers, content_type=media_type)
