"""The ledger: where it stands, any leaf with its proof, and whether a head that was kept elsewhere still holds."""

from __future__ import annotations

import base64
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, Field, StringConstraints

from contracts.header import ConversationId
from dossier.ledger.merkle import HASH_BYTES, InclusionProof, LedgerEvidence, Seal, TreeHead, tree_head_bytes
from gateway.api.operation import ApiCall, ApiOperation
from gateway.api.problems import ProblemType, RequestRefusal
from gateway.api.resources.appeals import AppealPath
from gateway.api.resources.health import LedgerFigures
from gateway.domain.people.access import Right, authorise
from gateway.lists.models import EmptyParams, Line, RequestModel, ResponseModel
from gateway.ports.case import FindConversation, LoadCase
from gateway.ports.ledger import CheckContinuity, FindLeafAt, FindLedgerEvidence, FindNewestSeal, LoadLedgerStatus

TAG: Final = "ledger"
Size = Annotated[int, Field(ge=0, le=2**63 - 1)]


class LeafPath(RequestModel):
    """Which leaf."""

    position: Size


class KeptHead(RequestModel):
    """A tree head that was kept outside, as `dalel ledger head` printed it."""

    log: Line
    tree_size: Annotated[int, Field(ge=1, le=2**63 - 1)]
    root: Annotated[str, StringConstraints(pattern=rf"^[0-9a-f]{{{2 * HASH_BYTES}}}$")]
    at: AwareDatetime


class SealedHead(ResponseModel):
    """A tree head under a seal. ``head``: the bytes that are signed, RFC 8785; ``token``: RFC 3161. All are base64."""

    log: str
    tree_size: int
    root: str = Field(description="SHA-256, RFC 9162.")
    at: AwareDatetime
    head: str
    signature: str
    certificate: str = Field(description="DER; its key made the signature.")
    token: str | None = Field(description="Null while no authority has stamped the signature.")


class LedgerNow(ResponseModel):
    """Where the ledger stands. ``newest``: null while nothing is sealed."""

    figures: LedgerFigures
    newest: SealedHead | None


class LeafInclusion(ResponseModel):
    """RFC 9162 §2.1.3: that the leaf stands at that position of the sealed tree."""

    leaf: str = Field(description="Digest of the record.")
    position: int
    tree_size: int
    path: tuple[str, ...]


class EventProof(LeafInclusion):
    """Of one event of the history."""

    seq: int


class LeafProof(ResponseModel):
    """A record's leaf. ``proof``, ``seal``: null until it is sealed; ``trouble``: why nothing is proven."""

    record: str
    key: str
    digest: str
    content: str | None = Field(description="Base64; null without the right `audit`, and where the record keeps it.")
    at: AwareDatetime
    position: int | None
    proof: LeafInclusion | None
    seal: SealedHead | None
    trouble: str


class AppealProof(ResponseModel):
    """Every event of an appeal under one seal: digests only, no words."""

    appeal_number: str
    seal: SealedHead
    events: tuple[EventProof, ...]


class Continued(ResponseModel):
    """Whether the ledger of today only added to the head that was kept."""

    continues: bool


async def show_ledger(call: ApiCall[EmptyParams, EmptyParams, EmptyParams]) -> LedgerNow:
    """To be kept where nobody of this house can change it."""
    reads = call.context.serving.reads
    figures, newest = await reads.run(LoadLedgerStatus()), await reads.run(FindNewestSeal())
    return LedgerNow(figures=LedgerFigures.model_validate(figures), newest=None if newest is None else _sealed(newest))


async def continue_from(call: ApiCall[EmptyParams, EmptyParams, KeptHead]) -> Continued:
    """False for a head of another ledger, of another past, or of a tree larger than ours."""
    kept = call.body
    head = TreeHead(kept.log, kept.tree_size, bytes.fromhex(kept.root), kept.at)
    return Continued(continues=await call.context.serving.reads.run(CheckContinuity(head)))


async def show_leaf(call: ApiCall[LeafPath, EmptyParams, EmptyParams]) -> LeafProof:
    """With its proof under the newest seal that is stamped, where there is one."""
    found = await call.context.serving.reads.run(FindLeafAt(call.path.position))
    if found is None:
        raise RequestRefusal(ProblemType.NOT_FOUND)
    proven = found.evidence
    return LeafProof(
        record=found.record,
        key=found.key,
        digest=found.digest.hex(),
        content=_text(found.content)
        if found.content is not None and authorise(call.token.role, Right.AUDIT).is_allowed
        else None,
        at=found.at,
        position=found.position,
        proof=None if proven is None else LeafInclusion(**_proof(proven.proofs[0][1])),
        seal=None if proven is None else _sealed(proven.seals[0]),
        trouble=found.trouble,
    )


async def prove_appeal(call: ApiCall[AppealPath, EmptyParams, EmptyParams]) -> AppealProof:
    """All events that there are; the newest wait a minute for their seal."""
    serving, number = call.context.serving, call.path.appeal_number
    conversation_id = await serving.reads.run(FindConversation(number))
    case = await serving.reads.run(LoadCase(conversation_id)) if conversation_id else None
    if case is None:
        raise RequestRefusal(ProblemType.NOT_FOUND)
    evidence = await _evidence(call, case.conversation_id, case.seq)
    return AppealProof(
        appeal_number=number,
        seal=_sealed(evidence.seals[0]),
        events=tuple(EventProof(seq=seq, **_proof(proof)) for seq, proof in evidence.proofs),
    )


async def _evidence(call: ApiCall[Any, Any, Any], conversation_id: ConversationId, seq: int) -> LedgerEvidence:
    found = await call.context.serving.exchange.store.run(FindLedgerEvidence(conversation_id, seq))
    if found is None:
        raise RequestRefusal(ProblemType.NOT_SEALED)
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


_THERE: Final = frozenset({ProblemType.NOT_FOUND})
OPERATIONS: Final[tuple[ApiOperation[Any, Any, Any], ...]] = (
    ApiOperation(
        "GET", "/ledger", "show_ledger", TAG, "Say where the ledger stands, with its newest seal.", Right.SEE,
        LedgerNow, EmptyParams, EmptyParams, EmptyParams, show_ledger,
    ),
    ApiOperation(
        "POST", "/ledger/continues", "continue_ledger", TAG,
        "Say whether the ledger only added to a head that was kept elsewhere.", Right.SEE,
        Continued, EmptyParams, EmptyParams, KeptHead, continue_from,
    ),
    ApiOperation(
        "GET", "/ledger/leaves/{position}", "show_leaf", TAG, "Show a record's leaf with its proof.", Right.SEE,
        LeafProof, LeafPath, EmptyParams, EmptyParams, show_leaf, _THERE,
    ),
    ApiOperation(
        "GET", "/appeals/{appeal_number}/proof", "prove_appeal", TAG,
        "Prove every event of an appeal under one seal.", Right.SEE,
        AppealProof, AppealPath, EmptyParams, EmptyParams, prove_appeal, _THERE | {ProblemType.NOT_SEALED},
    ),
)  # fmt: skip
