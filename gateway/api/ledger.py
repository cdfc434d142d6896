"""The ledger: where it stands, and what proves an appeal."""

from __future__ import annotations

import base64
from typing import Any, Final

from pydantic import AwareDatetime, Field

from contracts.header import ConversationId
from dossier.ledger import InclusionProof, LedgerEvidence, Seal, tree_head_bytes
from gateway.api.appeals import AppealPath
from gateway.api.health import LedgerFigures
from gateway.api.models import Answer, Nothing
from gateway.api.operation import Asked, Operation
from gateway.api.problems import Problem, Refusal
from gateway.domain.access import Right

TAG: Final = "ledger"


class SealedHead(Answer):
    """A tree head under a seal. ``head``: the bytes that are signed, RFC 8785; ``token``: RFC 3161. All are base64."""

    log: str
    tree_size: int
    root: str = Field(description="SHA-256, RFC 9162.")
    at: AwareDatetime
    head: str
    signature: str
    certificate: str = Field(description="DER; its key made the signature.")
    token: str | None = Field(description="Null while no authority has stamped the signature.")


class LedgerNow(Answer):
    """Where the ledger stands."""

    figures: LedgerFigures


class Proof(Answer):
    """RFC 9162 §2.1.3: that the leaf stands at that position of the sealed tree."""

    leaf: str = Field(description="Digest of the record.")
    position: int
    tree_size: int
    path: tuple[str, ...]


class EventProof(Proof):
    """Of one event of the history."""

    seq: int


class AppealProof(Answer):
    """Every event of an appeal under one seal: digests only, no words."""

    appeal_number: str
    seal: SealedHead
    events: tuple[EventProof, ...]


async def show_ledger(asked: Asked[Nothing, Nothing, Nothing]) -> LedgerNow:
    """How much is sealed, what waits, and since when."""
    figures = await asked.behind.around.reads.ledger_status()
    return LedgerNow(figures=LedgerFigures.model_validate(figures))


async def prove_appeal(asked: Asked[AppealPath, Nothing, Nothing]) -> AppealProof:
    """All events that there are; the newest wait a minute for their seal."""
    around, number = asked.behind.around, asked.path.appeal_number
    conversation_id = await around.reads.find_conversation(number)
    case = await around.reads.load_case(conversation_id) if conversation_id else None
    if case is None:
        raise Refusal(Problem.NOT_FOUND)
    evidence = await _evidence(asked, case.conversation_id, case.seq)
    return AppealProof(
        appeal_number=number,
        seal=_sealed(evidence.seals[0]),
        events=tuple(EventProof(seq=seq, **_proof(proof)) for seq, proof in evidence.proofs),
    )


async def _evidence(asked: Asked[Any, Any, Any], conversation_id: ConversationId, seq: int) -> LedgerEvidence:
    found = await asked.behind.around.exchange.store.ledger_evidence(conversation_id, seq)
    if found is None:
        raise Refusal(Problem.NOT_SEALED)
    return found


def _sealed(seal: Seal) -> SealedHead:
    return SealedHead(
        log=seal.head.log,
        tree_size=seal.head.tree_size,
        root=seal.head.root.hex(),
        at=seal.head.at,
        head=_text(tree_head_bytes(seal.head)),
        signature=_text(seal.signature),
        certificate=_text(seal.certificate.der),
        token=None if seal.token is None else _text(seal.token),
    )


def _proof(proof: InclusionProof) -> dict[str, Any]:
    path = tuple(sibling.hex() for sibling in proof.path)
    return {"leaf": proof.leaf.hex(), "position": proof.position, "tree_size": proof.tree_size, "path": path}


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


_THERE: Final = frozenset({Problem.NOT_FOUND})
OPERATIONS: Final[tuple[Operation[Any, Any, Any], ...]] = (
    Operation(
        "GET", "/ledger", "show_ledger", TAG, "Say where the ledger stands.", Right.SEE,
        LedgerNow, Nothing, Nothing, Nothing, show_ledger,
    ),
    Operation(
        "GET", "/appeals/{appeal_number}/proof", "prove_appeal", TAG,
        "Prove every event of an appeal under one seal.", Right.SEE,
        AppealProof, AppealPath, Nothing, Nothing, prove_appeal, _THERE | {Problem.NOT_SEALED},
    ),
)  # fmt: skip
