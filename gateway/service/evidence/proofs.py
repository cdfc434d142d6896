"""What a dossier is filed with besides the case itself: seal of the ledger, chain of certificates, answers on them.

Each is waited for, but not for ever: the court is owed the dossier in time, and what is missing is named in it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from contracts.party import Party
from dossier.ledger.merkle import LedgerEvidence
from gateway.ports.case import Case, ClaimedAssembly
from gateway.ports.ledger import FindLedgerEvidence
from gateway.ports.parties import LoadRevocationValues
from gateway.service.evidence.stamping import blocking_stamp
from gateway.service.exchange import Exchange
from signing.errors import KeyUnusable
from signing.keys.keypair import Certificate
from signing.timestamps.token import Stamp, read_token
from signing.trust.path import Purpose, judge_path
from signing.trust.revocation import RevocationValues

LOOK_AGAIN: Final = timedelta(seconds=0.5)
"""How long an order that waits for its seal is left alone; a seal takes as long as one round trip to an authority."""


_Leaf = tuple[Certificate, Purpose, tuple[Certificate, ...]]
"""A certificate, what it is judged for, and others that came with it."""


LIST_LIMIT_BYTES: Final = 4 * 1024 * 1024
"""A longer revocation list would outweigh the case, once per dossier; ``dalel extend`` fetches what is needed."""


@dataclass(frozen=True, slots=True)
class ProofRules:
    """How long a proof is waited for, and whom certificates must come from. ``anchors`` are asked for each time."""

    seal_wait: timedelta = timedelta(0)
    stamp_wait: timedelta = timedelta(seconds=5)
    anchors: Callable[[], Sequence[Certificate]] = tuple


@dataclass(frozen=True, slots=True)
class Awaited:
    """The seal is not ready, and there is time left: look again at ``until``."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Chain:
    """Certificates of the seal and of the authority that stamped the ledger; answers on these and on the parties'."""

    certificates: tuple[Certificate, ...] = ()
    revocation: RevocationValues = field(default_factory=RevocationValues)


async def seal_of(
    exchange: Exchange, case: Case, order: ClaimedAssembly, rules: ProofRules
) -> LedgerEvidence | Awaited | None:
    """The seal over the events of the case, with its token; after the set time what there is of it, or None."""
    evidence = await exchange.store.run(FindLedgerEvidence(case.conversation_id, case.seq))
    now = exchange.clock.now()
    if _is_whole(evidence, exchange) or now >= order.ordered_at + rules.seal_wait:
        return evidence
    return Awaited(now + LOOK_AGAIN)


def _is_whole(evidence: LedgerEvidence | None, exchange: Exchange) -> bool:
    if evidence is None:
        return False
    return exchange.time_stamps is None or all(seal.token is not None for seal in evidence.seals)


def stamp_of(exchange: Exchange, rules: ProofRules) -> Stamp | None:
    """None where no authority is configured, or all are known to be away: then nothing is written twice for it."""
    authority = exchange.time_stamps
    if authority is None or authority.is_away():
        return None
    return blocking_stamp(authority, within=rules.stamp_wait)


async def chain_of(
    exchange: Exchange,
    certificate: Certificate,
    ledger: LedgerEvidence | None,
    parties: Sequence[Party],
    rules: ProofRules,
) -> Chain:
    """As far as it is known here; nothing is fetched while a dossier is assembled."""
    seals = ledger.seals if ledger else ()
    leaves: list[_Leaf] = [
        (sealer, Purpose.SEALS, ()) for sealer in (certificate, *(seal.certificate for seal in seals))
    ]
    tokens = (read_token(seal.token) for seal in seals if seal.token is not None)
    leaves += [(token.authority, Purpose.TIME_STAMPS, token.certificates) for token in tokens]
    certificates = await asyncio.to_thread(_paths, leaves, rules, exchange.clock.now())
    digests = {one.sha256 for one in certificates} | {hashlib.sha256(der).hexdigest() for der in _of(parties)}
    return Chain(certificates, _carried(await exchange.store.run(LoadRevocationValues(digests))))


def _of(parties: Sequence[Party]) -> Iterator[bytes]:
    for party in parties:
        yield from party.certificates


def _carried(values: RevocationValues) -> RevocationValues:
    return replace(values, crls=tuple(der for der in values.crls if len(der) <= LIST_LIMIT_BYTES))


def _paths(leaves: Sequence[_Leaf], rules: ProofRules, now: datetime) -> tuple[Certificate, ...]:
    """Blocking: building paths takes milliseconds. Trouble with our own anchors stops no dossier."""
    try:
        anchors = rules.anchors()
    except (KeyUnusable, OSError):
        anchors = ()
    found: dict[Certificate, None] = {}
    for leaf, purpose, beside in leaves:
        judged = judge_path(leaf, anchors, at=now, purpose=purpose, intermediates=beside)
        found |= dict.fromkeys(judged.path or (leaf, *beside))
    return tuple(found)
