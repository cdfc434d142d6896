"""Tables of texts, which know no domain, have a text for each member of its closed sets and for nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import pytest

from contracts.party import LocalText
from dossier.case.appeal import Status, TermState
from gateway.domain.alarms.findings import Health
from gateway.domain.alarms.kinds import AlarmKind
from gateway.domain.alarms.rule import AlarmEvent
from gateway.domain.delivery.circuit import CircuitState
from gateway.domain.delivery.escalation import EscalationStep
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import UserRole
from gateway.domain.refusal import RefusalReason
from gateway.domain.reports.figures import Figure, GroupBy
from gateway.texts import alarms, codes, conditions, letters, refusals, reports


@pytest.mark.parametrize(
    ("texts", "members"),
    [
        (alarms.NAMES, AlarmKind),
        (alarms.MEANS, AlarmKind),
        (alarms.HELPS, AlarmKind),
        (letters.HAPPENINGS, AlarmEvent),
        (codes.DELIVERY_STATES, DeliveryState),
        (codes.STEPS, EscalationStep),
        (codes.CIRCUITS, CircuitState),
        (codes.ROLES, UserRole),
        (codes.STATES, TermState),
        (codes.STATUSES, Status),
        (conditions.HEALTHS, Health),
        (refusals.REFUSALS, RefusalReason),
        (reports.BYS, GroupBy),
        (reports.NAMES, [*Figure, "rate"]),
        (reports.MEANINGS, [*Figure, "rate"]),
    ],
    ids=str,
)
def test_every_member_has_its_text(texts: Mapping[str, LocalText], members: type[StrEnum] | list[str]):
    assert set(texts) == set(map(str, members))


def test_articles_are_those_of_figures():
    assert set(reports.ARTICLES) < {*Figure, "rate"}
