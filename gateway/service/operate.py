"""What operators do: each act has a name and a reason, and is recorded whether it worked or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from contracts.party import PartyId, Registry
from gateway.domain.delivery.acts import PAST, Act
from gateway.domain.refusal import ActRefusal
from gateway.ports.deliveries import Moved, MoveJob, RefusedMove, Selection
from gateway.ports.parties import ApplyRegistry
from gateway.ports.people.tokens import ApiToken
from gateway.ports.people.users import UserChange
from gateway.service.authorise import Actor, AttemptedAct, audit_name, require
from gateway.service.exchange import Exchange


async def move(
    exchange: Exchange, act: Act, of: tuple[int, ...] | Selection, *, by: str, reason: str, after: int = 0
) -> Moved:
    """One commit of an act on deliveries: those with these numbers, or the next of a selection after ``after``.

    What the table of moves does not let go stays as it is, and is told with its reason.
    """
    return await exchange.store.run(MoveJob(act, of, by, reason, exchange.clock.now(), after))


def desk_name(actor: Actor) -> str:
    """How notes and incidents name who wrote, took or closed them; a program's name is never taken for a person's."""
    return f"token:{actor.name}" if isinstance(actor, ApiToken) else actor.name


def reader_of(actor: Actor) -> PartyId:
    """How the log of accesses names who reads: the ledger, where it shows, names no person."""
    return PartyId(f"token:{actor.token_id}" if isinstance(actor, ApiToken) else f"user:{actor.user_id}")


async def move_as(exchange: Exchange, user: Actor, act: Act, delivery_id: int, *, reason: str) -> Moved:
    """An act on one delivery, within the rights of the role. Raises NotAllowed."""
    await require(exchange, user, act, AttemptedAct(f"delivery.{PAST[act]}", str(delivery_id), reason))
    return await move(exchange, act, (delivery_id,), by=audit_name(user), reason=reason)


MOST_BATCHES: Final = 10
"""Commits of an act that one page waits for; then a person says whether it goes on."""


@dataclass(frozen=True, slots=True)
class MovedAll:
    """What an act on many came to. ``go_on_after``: where a selection goes on; None when it is worked off."""

    moved: int
    refused: tuple[RefusedMove, ...]
    go_on_after: int | None


async def move_all_as(
    exchange: Exchange, user: Actor, act: Act, of: tuple[int, ...] | Selection, *, reason: str, after: int = 0
) -> MovedAll:
    """An act on those with these numbers, or on a selection, a commit for each batch. Raises NotAllowed."""
    subject = "all of a selection" if isinstance(of, Selection) else " ".join(map(str, of[:20]))
    await require(exchange, user, act, AttemptedAct(f"delivery.{PAST[act]}", subject, reason))
    count, go_on = 0, after
    refused: tuple[RefusedMove, ...] = ()
    for _ in range(MOST_BATCHES):
        moved = await move(exchange, act, of, by=audit_name(user), reason=reason, after=go_on)
        count, refused = count + len(moved.moved), (*refused, *moved.refused)
        if moved.go_on_after is None:
            return MovedAll(count, refused, None)
        go_on = moved.go_on_after
    return MovedAll(count, refused, go_on)


async def change_user(exchange: Exchange, change: UserChange) -> ActRefusal | None:
    """Add a user, set a password, disable; what stands against it, None when it is done."""
    return await exchange.store.run(change)


async def apply_registry(exchange: Exchange, registry: Registry, *, by: str) -> int:
    """Put a new registry version in force; returns its number."""
    return await exchange.store.run(ApplyRegistry(registry, by=by, at=exchange.clock.now()))
