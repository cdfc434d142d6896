"""Positions for the court, each ground held against the grounds of the acts that the body had given before."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.payloads import SubmitPosition
from dossier.case.grounds import compare
from dossier.packaging.description import ReplyEntry, StandingEntry


def standings_of(position: SubmitPosition, replies: Sequence[ReplyEntry]) -> tuple[StandingEntry, ...]:
    """One for each ground of the position, in its order. ``replies``: of the same body, before the position."""
    acts = tuple(ground for entry in replies for ground in entry.reply.grounds)
    return tuple(StandingEntry(one.relation, one.reason) for one in compare(position.grounds, acts).grounds)
