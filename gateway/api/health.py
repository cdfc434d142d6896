"""How this node is, what is in flight everywhere, which nodes there are, and who the caller is."""

from __future__ import annotations

from typing import Any, Final

from pydantic import AwareDatetime, Field

from contracts.party import PartyId
from gateway.api.models import Answer, Nothing
from gateway.api.operation import Asked, Operation
from gateway.domain.access import RIGHTS, Right
from gateway.domain.access import Role as UserRole
from gateway.http.health import look
from gateway.ports.nodes import NodeRow

TAG: Final = "health"


class Check(Answer):
    """One thing that must be well for messages to be taken here, and what it says."""

    ok: bool
    says: str


class Health(Answer):
    """Of the node that answered; behind a balancer that may be any."""

    is_ready: bool
    checks: dict[str, Check]


class Waiting(Answer):
    """What is open for one party."""

    recipient: PartyId
    waiting: int
    in_flight: int
    handed_out: int = Field(description="Handed to it; its receipt is to follow.")
    parked: int
    dead_lettered: int
    oldest_at: AwareDatetime | None
    last_receipt_at: AwareDatetime | None


class LedgerFigures(Answer):
    """Where the ledger stands."""

    tree_size: int
    sealed_at: AwareDatetime | None
    stamped_size: int
    unsealed: int
    oldest_unsealed_at: AwareDatetime | None
    tokenless: int
    oldest_tokenless_at: AwareDatetime | None


class Overview(Answer):
    """What is where, as of ``at``; counted at most every two seconds."""

    at: AwareDatetime
    backlog: tuple[Waiting, ...]
    terms_due_today: int
    terms_missed_in_24_hours: int
    ledger: LedgerFigures


class Node(Answer):
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


class Nodes(Answer):
    """All of them, also those that were killed within the last day."""

    nodes: tuple[Node, ...]


class Myself(Answer):
    """The token that this request came with."""

    token_id: int
    name: str
    role: UserRole
    rights: tuple[Right, ...]
    hint: str
    created_at: AwareDatetime
    expires_at: AwareDatetime


async def show_health(asked: Asked[Nothing, Nothing, Nothing]) -> Health:
    """200 whatever it says: that the question was answered."""
    found = await look(asked.behind.probes, within=asked.behind.within)
    checks = {name: Check.model_validate(check) for name, check in found.items()}
    return Health(is_ready=all(check.ok for check in checks.values()), checks=checks)


async def show_overview(asked: Asked[Nothing, Nothing, Nothing]) -> Overview:
    """The console's figures."""
    counted = await asked.behind.around.counts.look()
    return Overview(
        at=counted.at,
        backlog=tuple(map(Waiting.model_validate, counted.backlog)),
        terms_due_today=counted.terms.due,
        terms_missed_in_24_hours=counted.terms.breached,
        ledger=LedgerFigures.model_validate(counted.ledger),
    )


async def list_nodes(asked: Asked[Nothing, Nothing, Nothing]) -> Nodes:
    """As they say of themselves."""
    return Nodes(nodes=tuple(map(_node, await asked.behind.around.exchange.store.nodes())))


def _node(row: NodeRow) -> Node:
    node = row.node
    return Node(
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


async def show_token(asked: Asked[Nothing, Nothing, Nothing]) -> Myself:
    """So that a program finds out what it may do, and when it must have another."""
    token = asked.token
    return Myself(
        token_id=token.token_id,
        name=token.name,
        role=token.role,
        rights=tuple(sorted(RIGHTS[token.role])),
        hint=token.hint,
        created_at=token.created_at,
        expires_at=token.expires_at,
    )


OPERATIONS: Final[tuple[Operation[Any, Any, Any], ...]] = (
    Operation(
        "GET", "/health", "show_health", TAG, "Say how this node is.", Right.SEE,
        Health, Nothing, Nothing, Nothing, show_health,
    ),
    Operation(
        "GET", "/overview", "show_overview", TAG, "Count what waits, by party, and what is due.", Right.SEE,
        Overview, Nothing, Nothing, Nothing, show_overview,
    ),
    Operation(
        "GET", "/nodes", "list_nodes", TAG, "List the nodes that serve.", Right.SEE,
        Nodes, Nothing, Nothing, Nothing, list_nodes,
    ),
    Operation(
        "GET", "/token", "show_token", TAG, "Say whose token this is, what it may do and until when.", Right.SEE,
        Myself, Nothing, Nothing, Nothing, show_token,
    ),
)  # fmt: skip
