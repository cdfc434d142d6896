"""How the exchange is, in plain words: what is well, what is not, since when, and what helps."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Final

from aiohttp import web

from gateway.console.context import CONTEXT, ConsoleContext
from gateway.console.guard import require
from gateway.console.live import stream
from gateway.console.proof.ledger import CHECKED, holds
from gateway.console.respond import page
from gateway.domain.alarms.condition import NodeSeen, Observation, conditions_of
from gateway.domain.alarms.findings import Health, worst
from gateway.domain.delivery.circuit import CircuitState
from gateway.domain.people.access import Right
from gateway.ports.alarms import LedgerWalk, LoadLedgerWalk
from gateway.ports.audit import AuditEntry, AuditQuery
from gateway.ports.health import Vitals
from gateway.ports.ledger import LedgerBroken, MeasureGrowth
from gateway.ports.nodes import ListNodes
from gateway.ports.parties import ListRevocations
from gateway.ports.store import CheckStore
from gateway.texts.conditions import HEALTHS, PARTS
from signing.trust.answer import RevocationStatus, WhyUnknown

_GRAVEST_FIRST: Final = [Health.FAIL, Health.WARN, Health.OK]


def add_routes(app: web.Application) -> None:
    """``/health``."""
    app.router.add_get("/health", _show)
    app.router.add_get("/health/live", _live)


async def _show(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    context = request.config_dict[CONTEXT]
    found = conditions_of(await _seen(context))
    return page(
        request,
        "proof/health.html",
        conditions=sorted(found, key=lambda one: _GRAVEST_FIRST.index(one.health)),
        worst=worst(one.health for one in found),
        counts={health: sum(one.health is health for one in found) for health in Health},
        counted=await context.counts.current(),
        parts_of=PARTS,
        healths=HEALTHS,
    )


async def _live(request: web.Request) -> web.StreamResponse:
    """At least once a minute: a look writes into the store of documents, so it is not taken every second."""
    require(request, Right.SEE)
    counts = request.config_dict[CONTEXT].counts

    async def version() -> str:
        return (await counts.current()).version

    return await stream(request, version)


async def _seen(context: ConsoleContext) -> Observation:
    """What all nodes share, and what this one knows by itself."""
    now = context.exchange.clock.now()
    seen = await _revocations(context, await _ledger(context, await _shared(context, now)))
    return await _own(context.vitals, seen) if context.vitals else seen


async def _shared(context: ConsoleContext, now: datetime) -> Observation:
    store, counted, directory = context.exchange.store, await context.counts.current(), context.exchange.directory()
    database, nodes, oldest = await store.run(CheckStore()), await store.run(ListNodes()), counted.oldest
    terms = directory.agreement_of(oldest.recipient) if oldest else None
    return Observation(
        now,
        database=database,
        nodes=tuple(
            NodeSeen(one.node.name, one.node.version, one.node.schema_step, one.leads, one.silent_for, one.last_seen_at)
            for one in nodes
        ),
        clock_off=now - (nodes[0].last_seen_at + nodes[0].silent_for) if nodes else None,
        dead_letters=counted.sum_of("dead_lettered"),
        waiting=sum(counted.sum_of(name) for name in ("waiting", "in_flight", "handed_out")),
        oldest_since=oldest.created_at if oldest else None,
        oldest_waits=(terms.warn_after, terms.page_after) if terms else None,
        silent_parties=sum(one.state is not CircuitState.CLOSED for one in counted.circuits),
    )


async def _ledger(context: ConsoleContext, seen: Observation) -> Observation:
    status, growth = (await context.counts.current()).ledger, await context.reads.run(MeasureGrowth(limit=1))
    checks = await context.reads.run(AuditQuery(act=CHECKED, limit=1))
    walk = await context.exchange.store.run(LoadLedgerWalk())
    return replace(
        seen,
        ledger_broken=growth.detail if isinstance(growth, LedgerBroken) else "",
        unsealed=status.unsealed,
        unsealed_since=status.oldest_unsealed_at,
        tokenless_since=status.oldest_tokenless_at,
        checked=_newest_check(checks, walk),
    )


def _newest_check(checks: tuple[AuditEntry, ...], walk: LedgerWalk | None) -> tuple[datetime, bool] | None:
    """By the command, or by the exchange itself; a fault that it has found counts before its pass ends."""
    if walk is not None and (walk.faults or walk.former_faults):
        return walk.ended_at or walk.began_at, False
    ended = [(one.at, holds(one)) for one in checks]
    if walk is not None and walk.ended_at is not None:
        ended.append((walk.ended_at, True))
    return max(ended, default=None)


async def _revocations(context: ConsoleContext, seen: Observation) -> Observation:
    """Of the certificates that parties have in the registry in force."""
    parties = context.exchange.directory().registry.parties
    used = {hashlib.sha256(der).hexdigest() for party in parties for der in party.certificates}
    known = await context.exchange.store.run(ListRevocations())
    held = [one for one in known if one.latest.certificate_sha256 in used]
    judged, whys = [one.latest.judgement.status for one in held], [one.why_unknown for one in held]
    return replace(
        seen,
        revoked=judged.count(RevocationStatus.REVOKED),
        unknown=judged.count(RevocationStatus.UNKNOWN),
        path_invalid=whys.count(WhyUnknown.PATH_INVALID),
        no_path=whys.count(WhyUnknown.NO_PATH),
        judged_count=len(used),
    )


async def _own(vitals: Vitals, seen: Observation) -> Observation:
    own = await vitals.current()
    return replace(
        seen,
        documents_trouble=own.documents,
        closed=own.closed,
        leaving=own.leaving,
        keys=tuple((key.name, key.not_after, key.trouble) for key in own.keys),
        has_authorities=own.has_authorities,
        authorities_away=own.authorities_away,
        free_bytes=own.free_bytes,
        reserve_bytes=own.reserve_bytes,
        seal_every=own.seal_every,
        leads_alone=own.leads_alone,
    )
