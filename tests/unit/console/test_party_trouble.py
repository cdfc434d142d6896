"""What is wrong with a party, told from what is known of it: the worst first, and nothing where nothing is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.party import Agreement, Channel
from gateway.console.language import FOLDER
from gateway.console.parties.certificates import Held as HeldCertificate
from gateway.console.parties.certificates import Standing, lines_of, nearest
from gateway.console.parties.trouble import TOLD, UNFETCHED_AFTER, Known, Trouble, troubles_of
from gateway.domain.circuit import Circuit, CircuitState
from gateway.ports.deliveries import Backlog
from gateway.ports.parties import Pause, Tried
from signing.authority import SandboxAuthority, Usage
from tests.builders import AKIMAT, NOON, party

T = Trouble
HOUR = timedelta(hours=1)
KEY = SandboxAuthority.create("Test CA", now=NOON).issue("akimat", bin="050740004819", usage=Usage.MESSAGE, now=NOON)
ENDS = KEY.certificate.not_after
PARTY = party(AKIMAT)
WAITS = Backlog(AKIMAT, 3, 0, 0, 0, 0, NOON, None)
OPEN = Circuit(AKIMAT, CircuitState.OPEN, 5, NOON, HOUR, NOON + HOUR)


def certificates(*, now):
    return lines_of([HeldCertificate(PARTY, KEY.certificate, "akimat")], {}, now=now)[AKIMAT]


def known(**changes: object) -> Known:
    well = Known(PARTY, Agreement(AKIMAT), None, None, None, Tried(), None, None, certificates(now=NOON))
    return replace(well, **changes)


def found(one: Known, *, now=NOON) -> list[Trouble]:
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
        ({"tried": Tried(in_hour=5, answered_in_hour=2)}, HOUR, [T.FAILING]),
        ({"tried": Tried(in_hour=4, answered_in_hour=0)}, HOUR, []),
        ({"tried": Tried(in_hour=6, answered_in_hour=3)}, HOUR, []),
        ({"backlog": replace(WAITS, dead_lettered=1)}, HOUR, [T.DEAD_LETTERS]),
        ({"certificates": ()}, HOUR, [T.NO_CERTIFICATE]),
        ({"certificates": certificates(now=ENDS - timedelta(days=20))}, HOUR, [T.ENDING]),
        ({"certificates": certificates(now=ENDS + HOUR)}, HOUR, [T.NO_CERTIFICATE]),
    ],
)
def test_each_trouble_is_found_where_it_is_and_nowhere_else(changes, after: timedelta, troubles: list[Trouble]):
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
        (timedelta(days=60), Standing.GOOD),
        (timedelta(days=59), Standing.NEARING),
        (timedelta(days=29), Standing.SOON),
        (timedelta(days=6), Standing.URGENT),
        (timedelta(seconds=-1), Standing.ENDED),
    ],
)
def test_a_certificate_is_worried_about_more_the_nearer_its_end(left: timedelta, standing: Standing):
    line = nearest(certificates(now=ENDS - left))
    assert line is not None
    assert line.standing is standing


def test_every_trouble_says_whose_fault_it_is_and_what_helps_in_three_languages():
    assert set(TOLD) == set(Trouble)
    for language in ("kk", "ru"):
        words = (FOLDER / language / "parties.po").read_text(encoding="utf-8")
        for told in TOLD.values():
            assert all(f'msgid "{english}"' in words for english in (told.what, told.fault, told.cure))
