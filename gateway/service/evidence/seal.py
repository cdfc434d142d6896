"""Seal what waits: a signed head over the grown tree, then a time-stamp token for it, each in a commit of its own."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass

from connectors.ports.clock import Clock
from contracts.party import PartyId
from dossier.ledger.merkle import Seal, TreeHead, tree_head_bytes
from gateway.ports.ledger import Growth, LedgerBroken, ListTokenlessSeals, MeasureGrowth, SealWrite, StampSeal
from gateway.ports.outside import TimestampAuthority
from gateway.ports.results import Recorded
from gateway.ports.store import Store
from signing.errors import TimestampUnavailable
from signing.keys.detached import sign_detached
from signing.keys.keypair import KeySource, SigningKey

TOKENS_AT_ONCE = 16
"""Seals stamped per look; an authority that was away for a day left some hundreds."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A head was signed and kept. ``leaves``: how many it added."""

    tree_size: int
    leaves: int


@dataclass(frozen=True, slots=True)
class StampingResult:
    """What came of asking for tokens. ``waiting``: the oldest head that has none still, None when all have."""

    tokens: int
    waiting: int | None = None


async def seal_waiting(
    store: Store, key: KeySource, *, me: PartyId, clock: Clock, limit: int
) -> Sealed | LedgerBroken | None:
    """Seal up to ``limit`` leaves; None when none waits or another sealer was first.

    The former root is computed anew from what is kept before anything is signed: whoever changed it gets no signature
    that would cover it up.
    """
    growth = await store.run(MeasureGrowth(limit=limit))
    if not isinstance(growth, Growth):
        return growth
    now = clock.now()
    head = TreeHead(me, growth.tree_size, growth.root, max(now, growth.former.at) if growth.former else now)
    seal = await asyncio.to_thread(_sealed, head, key())
    if not isinstance(await store.run(SealWrite(growth, seal)), Recorded):
        return None
    return Sealed(head.tree_size, len(growth.leaf_ids))


async def stamp_waiting(store: Store, authority: TimestampAuthority) -> StampingResult:
    """Ask for the tokens that are still wanted, oldest first, until the authority does not answer."""
    seals = await store.run(ListTokenlessSeals(limit=TOKENS_AT_ONCE))
    for done, seal in enumerate(seals):
        try:
            token = await authority.stamp(hashlib.sha256(seal.signature).digest())
        except TimestampUnavailable:
            return StampingResult(done, seal.head.tree_size)
        await store.run(StampSeal(seal.head.tree_size, token.der, stamped_at=token.gen_time))
    return StampingResult(len(seals))


def _sealed(head: TreeHead, key: SigningKey) -> Seal:
    """Blocking: the key may live in a token or behind a service."""
    return Seal(head, sign_detached(tree_head_bytes(head), key), key.certificate, token=None)
