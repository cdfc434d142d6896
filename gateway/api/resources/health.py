"""How this node is, what is in flight everywhere, which nodes there are, and who the caller is."""

from __future__ import annotations

from typing import Any, Final

from pydantic import AwareDatetime, Field

from contracts.party import PartyId
from gateway.api.operation import ApiCall, ApiOperation
from gateway.domain.people.access import RIGHTS, Right, UserRole
from gateway.lists.models import EmptyParams, ResponseModel
from gateway.ports.nodes import ListNodes, NodeRow
from gateway.reading.probes import look

TAG: Final = "health"


class HealthCheckModel(ResponseModel):
    """One thing that must be well for messages to be taken here, and what it says."""

    ok: bool
    message: str


class HealthModel(ResponseModel):
    """Of the node that answered; behind a balancer that may be any."""

    is_ready: bool
    checks: dict[str, HealthCheckModel]


class Waiting(ResponseModel):
    """What is open for one party."""

    recipient: PartyId
    waiting: int
    in_flight: int
    handed_out: int = Field(description="Handed to it; its receipt is to follow.")
    parked: int
    dead_lettered: int
    oldest_at: AwareDatetime | None
    last_receipt_at: AwareDatetime | None


class LedgerFigures(ResponseModel):
    """Where the ledger stands."""

    tree_size: int
    sealed_at: AwareDatetime | None
    stamped_size: int
    unsealed: int
    oldest_unsealed_at: AwareDatetime | None
    tokenless: int
    oldest_tokenless_at: AwareDatetime | None


class Overview(ResponseModel):
    """What is where, as of ``at``; counted at most every two seconds."""

    at: AwareDatetime
    backlog: tuple[Waiting, ...]
    terms_due_today: int
    terms_missed_in_24_hours: int
    ledger: LedgerFigures


class NodeModel(ResponseModel):
    """A process that serves. ``silent_for``: seconds since it was heard of."""

    name: str
    host: str
    pid: int
    version: str
    schema_step: str
    started_at: AwareDatetime
    is_leaving: bool
    leads: tuple[str, ...]
    silent_for: float


class NodeList(ResponseModel):
    """All of them, also those that were killed within the last day."""

    nodes: tuple[NodeModel, ...]


class CurrentToken(ResponseModel):
    """The token that this request came with."""

    token_id: int
    name: str
    role: UserRole
    rights: tuple[Right, ...]
    hint: str
    created_at: AwareDatetime
    expires_at: AwareDatetime


async def show_health(call: ApiCall[EmptyParams, EmptyParams, EmptyParams]) -> HealthModel:
    """200 whatever it says: that the question was answered."""
    found = await look(call.context.probes, within=call.context.within)
    checks = {name: HealthCheckModel.model_validate(check) for name, check in found.items()}
    return HealthModel(is_ready=all(check.ok for check in checks.values()), checks=checks)


async def show_overview(call: ApiCall[EmptyParams, EmptyParams, EmptyParams]) -> Overview:
    """The console's figures."""
    counted = await call.context.serving.counts.current()
    return Overview(
        at=counted.at,
        backlog=tuple(map(Waiting.model_validate, counted.backlog)),
        terms_due_today=counted.terms.due,
        terms_missed_in_24_hours=counted.terms.breached,
        ledger=LedgerFigures.model_validate(counted.ledger),
    )


async def list_nodes(call: ApiCall[EmptyParams, EmptyParams, EmptyParams]) -> NodeList:
    """As they say of themselves."""
    return NodeList(nodes=tuple(map(_node, await call.context.serving.exchange.store.run(ListNodes()))))


def _node(row: NodeRow) -> NodeModel:
    node = row.node
    return NodeModel(
        name=node.name,
        host=node.host,
        pid=node.pid,
        version=node.version,
        schema_step=node.schema_step,
        started_at=node.started_at,
        is_leaving=node.draining,
        leads=row.leads,
        silent_for=row.silent_for.total_seconds(),
    )


async def show_token(call: ApiCall[EmptyParams, EmptyParams, EmptyParams]) -> CurrentToken:
    """So that a program finds out what it may do, and when it must have another."""
    token = call.token
    return CurrentToken(
        token_id=token.token_id,
        name=token.name,
        role=token.role,
        rights=tuple(sorted(RIGHTS[token.role])),
        hint=token.hint,
        created_at=token.created_at,
        expires_at=token.expires_at,
    )


OPERATIONS: Final[tuple[ApiOperation[Any, Any, Any], ...]] = (
    ApiOperation(
        "GET", "/health", "show_health", TAG, "Say how this node is.", Right.SEE,
        HealthModel, EmptyParams, EmptyParams, EmptyParams, show_health,
    ),
    ApiOperation(
        "GET", "/overview", "show_overview", TAG, "Count what waits, by party, and what is due.", Right.SEE,
        Overview, EmptyParams, EmptyParams, EmptyParams, show_overview,
    ),
    ApiOperation(
        "GET", "/nodes", "list_nodes", TAG, "List the nodes that serve.", Right.SEE,
        NodeList, EmptyParams, EmptyParams, EmptyParams, list_nodes,
    ),
    ApiOperation(
        "GET", "/token", "show_token", TAG, "Say whose token this is, what it may do and until when.", Right.SEE,
        CurrentToken, EmptyParams, EmptyParams, EmptyParams, show_token,
    ),
)  # fmt: skip
