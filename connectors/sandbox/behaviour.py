"""How a simulated party acts, and how it can be bent out of shape, by its file or live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the party does of its own accord. Spans in seconds; a field that is not for this kind has no effect."""

    reply_after: float = 1.0  # agency: from the assignment to its answer
    replies: bool = True  # agency: false leaves the appeal without any answer
    materials_after: float = 1.0  # agency: from the request to the administrative file
    withholds_materials: bool = False  # agency: stays silent when asked for the file
    redirect_part_to: str | None = None  # agency: another party that is competent for a part
    case_series: str = "7594-26-00-4"  # court: region, court, year, kind; «/N» follows
    in_place_bytes: int = 16 * 1024 * 1024  # court: a larger dossier is answered 202 and acknowledged later


class BendKind(StrEnum):
    """The ways to misbehave. Those marked (not taken) leave no trace in the party's store."""

    DOWN = "down"  # the listening socket is closed for ``seconds`` (not taken)
    SILENT = "silent"  # takes and stores, never answers
    SLOW = "slow"  # takes ``seconds`` longer
    DUPLICATE = "duplicate"  # sends its own messages twice
    WRONG_DIGEST = "wrong_digest"  # takes; the receipt names another digest
    REFUSES = "refuses"  # a signed error signal with ``words``
    RUBBISH = "rubbish"  # 200 and a page that is no SOAP (not taken)
    UNSIGNED_FAULT = "unsigned_fault"  # a fault that anybody could have written; Retry-After ``seconds`` (not taken)
    LATE_RECEIPT = "late_receipt"  # 202 now, Acknowledge afterwards


@dataclass(frozen=True, slots=True)
class Bend:
    """One way to misbehave, for the next ``times`` occasions; None: until straightened."""

    kind: BendKind
    seconds: float = 0.0
    times: int | None = None
    words: str = ""


class Bends:
    """The bends in force, at most one of a kind."""

    def __init__(self, bends: Iterable[Bend] = ()) -> None:
        self._bends = {bend.kind: bend for bend in bends}

    def put(self, bend: Bend) -> None:
        self._bends[bend.kind] = bend

    def straighten(self) -> None:
        self._bends.clear()

    def take(self, kind: BendKind) -> Bend | None:
        """The bend of this kind, if in force; counts as one of its occasions."""
        bend = self._bends.get(kind)
        if bend is None or bend.times is None:
            return bend
        if bend.times <= 1:
            del self._bends[kind]
        else:
            self._bends[kind] = replace(bend, times=bend.times - 1)
        return bend

    def __iter__(self) -> Iterator[Bend]:
        return iter(self._bends.values())
