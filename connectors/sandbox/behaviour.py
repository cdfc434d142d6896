"""How a simulated party acts, and how it can be bent out of shape, by its file or live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from contracts.payloads import CaseStage, ClaimOutcome


class OnComplaint(StrEnum):
    """What an agency does about a complaint against itself (АППК Art. 91(4))."""

    FORWARDS = "forwards"  # hands over its administrative file
    SATISFIES = "satisfies"  # does in full what was asked
    IS_SILENT = "is_silent"


class OnReview(StrEnum):
    """What a higher body does about a complaint (АППК Art. 100(1)); each but the last is a ``ComplaintDecision``."""

    CANCELLED = "cancelled"
    CANCELLED_WITH_NEW_ACT = "cancelledWithNewAct"
    ACTION_DONE = "actionDone"
    REJECTED = "rejected"
    SENT_BACK = "sentBack"
    LEFT_WITHOUT_CONSIDERATION = "leftWithoutConsideration"
    IS_SILENT = "is_silent"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the party does of its own accord. Spans in seconds; a field that is not for this kind has no effect.

    From ``party.toml`` or JSON the closed sets come as text; anything that is not of the set raises ValueError.
    """

    reply_after: float = 1.0  # agency: from the assignment to its answer
    replies: bool = True  # agency: false leaves the appeal without any answer
    names_defects: bool = False  # agency: names what the appeal lacks, to be cured in five days, before it goes on
    extends: bool = False  # agency: has the term extended by thirty days once it has registered
    holds_hearing: bool = False  # agency: announces a hearing, at the moment of its answer, once it has registered
    returns: bool = False  # agency: gives the appeal back where it would answer
    materials_after: float = 1.0  # agency: from the request to the administrative file, also when the court asks
    withholds_materials: bool = False  # agency: stays silent when asked for the file
    redirect_part_to: str | None = None  # agency: another party that is competent for a part
    on_complaint: OnComplaint = OnComplaint.FORWARDS  # agency, complained of
    complaint_after: float = 1.0  # agency: from the complaint to what it does about it
    on_review: OnReview = OnReview.REJECTED  # agency, as the higher body
    review_after: float = 1.0  # agency: from the complaint's arrival to its decision
    position_after: float = 1.0  # agency: from the court's question to its positions
    withholds_position: bool = False  # agency: stays silent when the court asks
    brings_new_ground: bool = False  # agency: its objection rests on a ground that its act has not (Art. 129(3))
    case_series: str = "7594-26-00-4"  # court: region, court, year, kind; «/N» follows
    in_place_bytes: int = 16 * 1024 * 1024  # court: a larger dossier is answered 202 and acknowledged later
    course: tuple[CaseStage, ...] = (CaseStage.REGISTERED, CaseStage.ACCEPTED)  # court: what becomes of a claim
    course_after_answer: tuple[CaseStage, ...] = (CaseStage.ACCEPTED,)  # court: … once it was cured, or appealed
    holds: ClaimOutcome = ClaimOutcome.GRANTED  # court: how its ruling ends the claim, told in one word, too
    step_after: float = 0.0  # court: from one stage to the next
    asks_positions: bool = False  # court: asks bodies for their positions once the claim is registered
    asks_materials: bool = False  # court: asks bodies for a certified extract from the queue, likewise
    asks_bodies: tuple[str, ...] = ()  # court: whom it asks; none named: all that touched the appeal
    asks_after: float = 0.0  # court: from the registration to its questions

    def __post_init__(self) -> None:
        closed = {
            "on_complaint": OnComplaint(self.on_complaint),
            "on_review": OnReview(self.on_review),
            "course": tuple(CaseStage(stage) for stage in self.course),
            "course_after_answer": tuple(CaseStage(stage) for stage in self.course_after_answer),
            "holds": ClaimOutcome(self.holds),
            "asks_bodies": tuple(self.asks_bodies),
        }
        for name, value in closed.items():
            object.__setattr__(self, name, value)


class LiveBehaviour:
    """The behaviour in force; it can be changed while the party runs."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour

    def change(self, entry: Mapping[str, Any]) -> None:
        """Other values for some fields. Raises TypeError or ValueError for a field or a value that does not exist."""
        self.behaviour = replace(self.behaviour, **entry)


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
