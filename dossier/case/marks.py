"""What a judge should look at, read off the events one by one: marks, never judgements."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from contracts.party import LocalText
from dossier.case import events as e
from dossier.case.events import Event, Fact
from dossier.case.narration import Names
from dossier.packaging.description import MarkEntry
from dossier.procedure.wording import fill, same

_NO_NAMES: Final[Names] = MappingProxyType({})


def mark_entries(events: Sequence[Event], names: Names = _NO_NAMES) -> tuple[MarkEntry, ...]:
    """Every mark, in the order of the events that give rise to them."""
    return tuple(mark for event in events for mark in _marks(event, names))


def _marks(event: Event, names: Names) -> Iterator[MarkEntry]:
    for kind, words in _facts_of(event.fact, names):
        yield MarkEntry(kind, event.seq, fill(_lines()[kind], words))


def _facts_of(fact: Fact, names: Names) -> Iterator[tuple[str, Mapping[str, LocalText]]]:
    match fact:
        case e.AppealRegistered(authenticated="absent"):
            yield "appeal_not_authenticated", {}
        case e.Disagreed(authenticated="absent"):
            yield "disagreement_not_authenticated", {}
        case e.Replied(states_appeal_road=False):
            yield "no_appeal_road", {"party": _name(fact.body, names), "act_number": same(fact.act_number)}
        case e.HearingOmitted():
            named = same(str(fact.exception)) if fact.exception else same("—")
            kind = "hearing_excepted" if fact.exception else "hearing_omitted"
            yield kind, {"party": _name(fact.body, names), "act_number": same(fact.act_number), "exception": named}
        case e.ReplyResembled():
            numbers = same(", ".join(fact.appeal_numbers))
            yield (
                "like_replies",
                {"party": _name(fact.body, names), "count": same(str(fact.count)), "numbers": numbers},
            )
        case e.PositionReceived() if fact.new_grounds:
            yield "new_grounds", {"party": _name(fact.body, names), "count": same(str(fact.new_grounds))}
        case e.RoadTaken(late=True):
            yield "late_road", {}
        case e.AppealReturned():
            yield "returned", {"party": _name(fact.body, names)}
        case e.CaseImported():
            yield "imported", {"source": same(fact.source), "number": same(fact.source_number)}
        case e.MessageRejected():
            yield "message_refused", {"party": _name(fact.recipient, names)}
        case _:
            return


def _name(party: str, names: Names) -> LocalText:
    return next((name for known, name in names.items() if known == party), same(party))


@cache
def _lines() -> Mapping[str, LocalText]:
    texts = tomllib.loads(Path(__file__).with_name("marks.toml").read_text("utf-8"))
    return {kind: LocalText(**text) for kind, text in texts.items()}
