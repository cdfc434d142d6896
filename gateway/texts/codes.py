"""Closed sets as people read them, in the three languages; commands and console say the same."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from contracts.party import LocalText
from dossier.case.appeal import Status, TermState
from gateway.domain.delivery.circuit import CircuitState
from gateway.domain.delivery.escalation import EscalationStep
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import UserRole
from gateway.texts.text_file import TextFile

_TEXTS: Final = TextFile(Path(__file__).with_suffix(".toml"))
DELIVERY_STATES: Final[Mapping[DeliveryState, LocalText]] = _TEXTS.table_of("delivery_states", DeliveryState)

OUTCOMES: Final[Mapping[str, LocalText]] = _TEXTS.table("outcomes")

STEPS: Final[Mapping[EscalationStep, LocalText]] = _TEXTS.table_of("steps", EscalationStep)

PAUSED: Final = _TEXTS.text("paused")
"""Of a party to which a person lets nothing new go out."""

CIRCUITS: Final[Mapping[CircuitState, LocalText]] = _TEXTS.table_of("circuits", CircuitState)

ROLES: Final[Mapping[UserRole, LocalText]] = _TEXTS.table_of("roles", UserRole)

STATES: Final[Mapping[TermState, LocalText]] = _TEXTS.table_of("states", TermState)

STATUSES: Final[Mapping[Status, LocalText]] = _TEXTS.table_of("statuses", Status)
_TEXTS.end()
