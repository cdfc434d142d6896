"""Nothing a command may have to tell is without words."""

from typing import get_args

from connectors.ports.outcome import Outcome
from dossier.case.appeal import Status, TermState
from gateway.cli import words
from gateway.domain.delivery.states import DeliveryState


def test_every_state_and_outcome_has_words():
    assert set(words.STATUSES) == set(Status)
    assert set(words.STATES) == set(TermState)
    assert set(words.DELIVERY_STATES) == set(DeliveryState)
    assert set(words.OUTCOMES) == {kind.__name__ for kind in get_args(Outcome)} | {"Poison"}
