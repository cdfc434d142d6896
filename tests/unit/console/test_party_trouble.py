"""What is wrong with a party, told from what is known of it: the worst first, and nothing where nothing is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from contracts.party import Agreement, Channel
from gateway.domain.delivery.circuit import Circuit, CircuitState
from gateway.ports.deliveries import Backlog
from gateway.ports.parties import AttemptCounts, Pause
from gateway.reading.certificates import PartyCertificateHeld as HeldCertificate
from gateway.reading.certificates import RegisteredStanding, lines_of, nearest
from gateway.reading.party_trouble import TROUBLE_TEXTS, UNFETCHED_AFTER, PartyKnowledge, TroubleKind, troubles_of
from gateway.texts.language import FOLDER
from tests.worlds.builders import AKIMAT, NOON, party

T = TroubleKind
HOUR = timedelta(hours=1)
KEY = SandboxAuthority.create("Test CA", now=NOON).issue("akimat", bin="050740004819", usage=Usage.MESSAGE, now=NOON)
ENDS = KEY.certificate.not_after
PARTY = party(AKIMAT)
WAITS = Backlog(AKIMAT, 3, 0, 0, 0, 0, NOON, None)
OPEN = Circuit(AKIMAT, CircuitState.OPEN, 5, NOON, HOUR, NOON + HOUR)


def certificates(*, now):
    return lines_of([HeldCertificate(PARTY, KEY.certificate, "akimat")], {}, now=now)[AKIMAT]


def known(**changes: object) -> PartyKnowledge:
    well = PartyKnowledge(
        PARTY, Agreement(AKIMAT), None, None, None, AttemptCounts(), None, None, certificates(now=NOON)
    )
    return replace(well, **changes)


def found(one: PartyKnowledge, *, now=NOON) -> list[TroubleKind]:
    return [each.trouble for each in troubles_of(one, now=now)]


@pytest.mark.parametrize(
    ("changes", "after", "troubles"),
    [
        ({}, HOUR, []),
        ({"backlog": WAITS}, HOUR, []),
        ({"backlog": WAITS}, HOUR + timedelta(seconds=1), [T.LATE]),
        ({"circuit": OPEN, "backlog": WAITS}, 2 * HOUR, [T.SILENT, T.LATE]),
        ({"circuit": Circuit(AKIMAT, failures=2, since=NOON)}, HOUR, []),
        ({"pause": Pause(AKIMAT, NOON, "nurlan", "moving")}, HOUR, [T.PAUSED]),
        ({"tried": AttemptCounts(in_hour=5, answered_in_hour=2)}, HOUR, [T.FAILING]),
        ({"tried": AttemptCounts(in_hour=4, answered_in_hour=0)}, HOUR, []),
        ({"tried": AttemptCounts(in_hour=6, answered_in_hour=3)}, HOUR, []),
        ({"backlog": replace(WAITS, dead_lettered=1)}, HOUR, [T.DEAD_LETTERS]),
        ({"certificates": ()}, HOUR, [T.NO_CERTIFICATE]),
        ({"certificates": certificates(now=ENDS - timedelta(days=20))}, HOUR, [T.ENDING]),
        ({"certificates": certificates(now=ENDS + HOUR)}, HOUR, [T.NO_CERTIFICATE]),
    ],
)
def test_each_trouble_is_found_where_it_is_and_nowhere_else(changes, after: timedelta, troubles: list[TroubleKind]):
    assert found(known(**changes), now=NOON + after) == troubles


def test_a_mailbox_in_which_something_waits_is_to_be_fetched_from_every_hour():
    box = known(party=replace(PARTY, channel=Channel.MAILBOX, endpoint=None), backlog=WAITS)
    soon = NOON + UNFETCHED_AFTER
    assert found(box, now=soon) == []
    assert T.UNFETCHED in found(box, now=soon + timedelta(seconds=1))
    assert T.UNFETCHED not in found(replace(box, fetched_at=soon), now=soon + HOUR)
    assert T.UNFETCHED not in found(replace(box, pause=Pause(AKIMAT, NOON, "n", "x")), now=soon + HOUR)
    assert found(replace(box, backlog=None), now=soon + HOUR) == []


@pytest.mark.parametrize(
    ("left", "standing"),
    [
        (timedelta(days=60), RegisteredStanding.GOOD),
        (timedelta(days=59), RegisteredStanding.NEARING),
        (timedelta(days=29), RegisteredStanding.SOON),
        (timedelta(days=6), RegisteredStanding.URGENT),
        (timedelta(seconds=-1), RegisteredStanding.ENDED),
    ],
)
def test_a_certificate_is_worried_about_more_the_nearer_its_end(left: timedelta, standing: RegisteredStanding):
    line = nearest(certificates(now=ENDS - left))
    assert line is not None
    assert line.standing is standing


def test_every_trouble_says_whose_fault_it_is_and_what_helps_in_three_languages():
    assert set(TROUBLE_TEXTS) == set(TroubleKind)
    for language in ("kk", "ru"):
        words = (FOLDER / language / "parties.po").read_text(encoding="utf-8")
        for reported in TROUBLE_TEXTS.values():
            assert all(f'msgid "{english}"' in words for english in (reported.what, reported.fault, reported.cure))
