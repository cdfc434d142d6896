"""The page about evidence tells every kind and reason that there is."""

from __future__ import annotations

from dossier.erds.kinds import EvidenceEventKind, EvidenceReason
from tests.docs.pages import ROOT, code_words

PAGE = ROOT / "docs/evidence.md"


def test_every_kind_and_every_reason_is_told():
    reported = set(code_words(PAGE))

    assert {one.value for one in (*EvidenceEventKind, *EvidenceReason)} <= reported
