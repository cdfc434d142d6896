"""What ``dalel deliveries show`` says of a delivery whose party is left alone."""

from datetime import UTC, datetime, timedelta

from contracts.party import PartyId
from gateway.cli.deliveries.held import HeldDelivery, held_lines
from gateway.cli.frame import CliLanguage
from gateway.domain.delivery.circuit import Circuit, CircuitState, probing
from gateway.domain.delivery.escalation import Escalation, EscalationStep

NOON = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # 12:00 in Almaty
OPEN = Circuit(PartyId("court"), CircuitState.OPEN, 5, NOON, timedelta(seconds=30), NOON + timedelta(seconds=30))


def test_a_party_that_is_left_alone_is_named_with_the_local_time_of_its_probe():
    assert held_lines(HeldDelivery(OPEN, ()), CliLanguage.EN) == [
        "the party does not answer; it is left alone until 2026-11-24 12:00:30, then probed with one message"
    ]


def test_a_probe_under_way_is_told():
    (line,) = held_lines(HeldDelivery(probing(OPEN, 1, NOON), ()), CliLanguage.RU)
    assert line == "сторона не отвечала; сейчас её проверяют одним сообщением"


def test_the_steps_by_which_people_were_told_stand_with_their_times():
    steps = (Escalation(1, EscalationStep.WARN, NOON), Escalation(1, EscalationStep.ALARM, NOON + timedelta(hours=23)))
    assert held_lines(HeldDelivery(None, steps), CliLanguage.EN) == [
        "people were told: warning 2026-11-24 12:00:00, alarm 2026-11-25 11:00:00"
    ]


def test_when_nothing_is_the_matter_nothing_is_said():
    assert held_lines(HeldDelivery(Circuit(PartyId("court")), ()), CliLanguage.KK) == []
