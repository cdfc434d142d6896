"""A list that is taken away holds what the page shows, and nothing that a spreadsheet would carry out."""

from __future__ import annotations

import csv
import io

import pytest

from contracts.header import Action, ConversationId, MessageId
from gateway.console.csv_export import lines
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import UserRole
from gateway.lists.deliveries import DELIVERIES
from gateway.lists.reader import Reader
from gateway.ports.deliveries import DeliveryRow
from gateway.texts.language import Catalogues, PageLanguage
from tests.worlds.builders import AKIMAT, NOON

READER = Reader.of(Catalogues.packaged(), PageLanguage.RU, {}, role=UserRole.VIEWER, name="x", now=NOON)


def a_row(detail: str) -> DeliveryRow:
    return DeliveryRow(
        12, MessageId("m-1"), ConversationId("c-1"), "DL-2026-0000000001", AKIMAT, Action.ASSIGN_APPEAL,
        DeliveryState.RETRY_SCHEDULED, 3, NOON, NOON, None, "Busy", detail, "d",
    )  # fmt: skip


@pytest.mark.parametrize("words", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_peers_words_are_no_formula(words: str):
    assert DELIVERIES.cells(a_row(words), READER)[-1] == "'" + words


@pytest.mark.parametrize("words", ["плохо, очень", 'он сказал "нет"', "two\nlines", ""])
def test_words_come_back_from_the_file_as_they_were(words: str):
    (read,) = csv.reader(io.StringIO(lines([DELIVERIES.cells(a_row(words), READER)]).decode(), newline=""))
    assert read[-1] == words
    assert len(read) == len(DELIVERIES.headings)
    assert read[0] == "12"
