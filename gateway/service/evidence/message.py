"""Everything that proves what happened to one message, as one sealed file; ``dalel verify`` judges it without us."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from dossier.erds.pack import Traced, pack
from gateway.ports.audit import RecordAccess
from gateway.ports.console import LoadDelivery, TraceDelivery
from gateway.ports.operations import Reads
from gateway.service.authorise import Actor
from gateway.service.evidence.proofs import ProofRules, chain_of, stamp_of
from gateway.service.exchange import Exchange
from gateway.service.operate import reader_of
from signing.keys.keypair import SigningKey

MOST_WAITING: Final = 3
"""Sealing takes a processor for a while; whoever comes then is told to come again."""


class Busy(Exception):
    """So many wait already."""


@dataclass(slots=True)
class Packer:
    """Of one process: one file at a time, whoever asks for it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Raises Busy."""
        if self.waiting >= MOST_WAITING:
            raise Busy
        self.waiting += 1
        try:
            async with self.lock:
                yield
        finally:
            self.waiting -= 1


async def evidence_for(
    exchange: Exchange,
    reads: Reads,
    actor: Actor,
    delivery_id: int,
    key: Callable[[], SigningKey],
    rules: ProofRules,
) -> bytes | None:
    """Of a delivery's message, None when there is no such delivery; the look is logged before anything is sealed.

    Raises SigningError when it cannot be sealed.
    """
    now = exchange.clock.now()
    traced = await reads.run(TraceDelivery(delivery_id, exchange=exchange.me, made_at=now))
    found = await reads.run(LoadDelivery(delivery_id))
    if traced is None or found is None:
        return None
    subject, about = f"{delivery_id} {traced.record.message_id}", found.row.appeal_number
    await exchange.store.run(RecordAccess(reader_of(actor), "evidence", subject, now, about=about))
    return await packed(exchange, traced, key, rules)


async def packed(exchange: Exchange, traced: Traced, key: Callable[[], SigningKey], rules: ProofRules) -> bytes:
    """The file, with a stamp where an authority answers in time. Raises SigningError when it cannot be sealed."""
    sealer = key()
    chain = await chain_of(exchange, sealer.certificate, traced.ledger, (), rules)
    whole = replace(traced, certificates=(*traced.certificates, *chain.certificates))
    stream = io.BytesIO()
    await asyncio.to_thread(pack, stream, whole, sealer, stamp_of(exchange, rules))
    return stream.getvalue()
