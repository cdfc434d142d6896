"""What an accepted dossier sets the court to do, and when: stages to report, questions to ask. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, assert_never

from connectors.sandbox.behaviour import Behaviour
from connectors.sandbox.records import DutyKind, SandboxDuty
from connectors.soap.reading import VerifiedDelivery
from contracts.payloads import CaseStage, FileDossier, FilingPurpose


def duties_of(
    delivery: VerifiedDelivery, filing: FileDossier, behaviour: Behaviour, *, now: datetime
) -> Iterator[SandboxDuty]:
    """A claim opens a case; its cure or an appeal moves the case on; a supplement is read with the rest."""
    match purpose_of(filing):
        case FilingPurpose.CLAIM:
            yield from _course(delivery, behaviour.course, behaviour, now)
            yield from _questions(delivery, behaviour, now)
        case FilingPurpose.CURED | FilingPurpose.APPEALED:
            yield from _course(delivery, behaviour.course_after_answer, behaviour, now)
        case FilingPurpose.SUPPLEMENT:
            return
        case unknown:
            assert_never(unknown)


def _course(
    delivery: VerifiedDelivery, stages: Sequence[CaseStage], behaviour: Behaviour, now: datetime
) -> Iterator[SandboxDuty]:
    for number, stage in enumerate(stages):
        at = now + timedelta(seconds=number * behaviour.step_after)
        yield _duty(DutyKind.REPORT_CASE, delivery, at, {"stage": stage.value})


def _questions(delivery: VerifiedDelivery, behaviour: Behaviour, now: datetime) -> Iterator[SandboxDuty]:
    at = now + timedelta(seconds=behaviour.asks_after)
    flags = {DutyKind.ASK_POSITIONS: behaviour.asks_positions, DutyKind.ASK_MATERIALS: behaviour.asks_materials}
    for kind, asks in flags.items():
        if asks:
            yield _duty(kind, delivery, at, {"bodies": list(behaviour.asks_bodies)})


def _duty(kind: DutyKind, delivery: VerifiedDelivery, at: datetime, note: dict[str, Any]) -> SandboxDuty:
    return SandboxDuty(kind, at, delivery.header.conversation_id, delivery.header.message_id, note)


def purpose_of(filing: FileDossier) -> FilingPurpose:
    """Why it is filed; one that does not say is the claim."""
    return filing.purpose or FilingPurpose.CLAIM
