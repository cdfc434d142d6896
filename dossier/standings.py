"""Positions for the court, each ground held against the grounds of the acts that the body had given before."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.payloads import Ground, SubmitPosition
from dossier.description import GroundStanding, ReplyEntry, StandingEntry
from dossier.grounds import compare


def standings_of(position: SubmitPosition, replies: Sequence[ReplyEntry]) -> tuple[StandingEntry, ...]:
    """One for each ground of the position, in its order. ``replies``: of the same body, before the position."""
    acts = tuple(ground for entry in replies for ground in entry.reply.grounds)
    new = compare(position.grounds, acts).new
    return tuple(_standing(ground, new) for ground in position.grounds)


def _standing(ground: Ground, new: tuple[Ground, ...]) -> StandingEntry:
    return StandingEntry(GroundStanding.NEW if ground in new else GroundStanding.STATED, None)
