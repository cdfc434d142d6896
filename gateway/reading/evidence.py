"""The evidence of a delivery's message as the file that ``dalel evidence`` writes."""

from __future__ import annotations

from typing import Final

from gateway.reading.context import ServingContext
from gateway.service.authorise import Actor
from gateway.service.evidence.message import evidence_for
from gateway.service.evidence.proofs import ProofRules

MEDIA_TYPE: Final = "application/vnd.etsi.asic-e+zip"


async def evidence_file(context: ServingContext, actor: Actor, delivery_id: int) -> bytes | None:
    """None where there is no such delivery, or no key to seal by. Raises Busy."""
    if context.seal_key is None:
        return None
    rules = ProofRules(anchors=context.anchors)
    async with context.packer.turn():
        return await evidence_for(context.exchange, context.reads, actor, delivery_id, context.seal_key, rules)


def file_name(delivery_id: int) -> str:
    """What it is saved as."""
    return f"delivery-{delivery_id}-evidence.asice"
