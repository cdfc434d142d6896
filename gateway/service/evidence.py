"""Everything that proves what happened to one message, as one sealed file; ``dalel verify`` judges it without us."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from dataclasses import replace

from dossier.erds.pack import Traced, pack
from gateway.service.exchange import Exchange
from gateway.service.proofs import ProofRules, chain_of, stamp_of
from signing.keys import SigningKey


async def packed(exchange: Exchange, traced: Traced, key: Callable[[], SigningKey], rules: ProofRules) -> bytes:
    """The file, with a stamp where an authority answers in time. Raises SigningError when it cannot be sealed."""
    sealer = key()
    chain = await chain_of(exchange, sealer.certificate, traced.ledger, (), rules)
    whole = replace(traced, certificates=(*traced.certificates, *chain.certificates))
    stream = io.BytesIO()
    await asyncio.to_thread(pack, stream, whole, sealer, stamp_of(exchange, rules))
    return stream.getvalue()
