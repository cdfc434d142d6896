"""Our dossiers among the containers of the world: told apart, held to both sets of rules, and attacked as ZIPs."""

from pathlib import Path

import pytest

from dossier.check.report import ContainerKind
from dossier.check.verification import verify_container
from dossier.foreign.inspection import inspect_foreign
from signing.xades.container import XadesLevel
from tests.foreign.zips import Item
from tests.foreign.ziptricks import TRICKS
from tests.worlds.dossier_files import NOW, at_level, contents_of, dossier, files, packed
from tests.worlds.dossiers import anchors


def verified(path: Path, data: bytes):
    path.write_bytes(data)
    return verify_container(path, anchors(), now=NOW)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "d.asice"


@pytest.mark.parametrize("level", list(XadesLevel))
def test_a_dossier_of_any_level_is_known_as_one_and_passes(place, level):
    report = verified(place, at_level(level))

    assert report.is_passed
    assert report.kind is ContainerKind.DOSSIER


@pytest.mark.parametrize("level", [XadesLevel.LT, XadesLevel.LTA])
def test_a_dossier_with_its_proofs_holds_by_the_rules_for_others_too(place, level):
    """Two readers that share no line agree on what we wrote."""
    place.write_bytes(at_level(level))

    report = inspect_foreign(place, anchors(), now=NOW)

    assert report.is_passed, [f"{finding.part}: {finding.text.en}" for finding in report.findings()]
    assert report.level == level.value


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_with_the_zip_of_a_dossier_is_found(place, trick):
    items = [Item(name, data) for name, data in contents_of(dossier())]

    report = verified(place, TRICKS[trick](items))

    assert report.indication == "TOTAL-FAILED"
    assert report.sub_indication == "FORMAT_FAILURE"


@pytest.mark.parametrize("lost", ["dossier.xml", "evidence/events.jsonl"])
def test_a_dossier_that_lost_one_part_is_still_judged_as_a_dossier(place, lost):
    report = verified(place, packed((name, data) for name, data in files() if name != lost))

    assert report.kind is ContainerKind.DOSSIER
    assert report.indication == "TOTAL-FAILED"


def test_a_dossier_that_lost_what_makes_it_one_is_said_to_be_none(place):
    rest = packed((name, data) for name, data in files() if name not in {"dossier.xml", "evidence/events.jsonl"})

    report = verified(place, rest)

    assert report.kind is ContainerKind.ASIC_E
    assert report.indication == "TOTAL-FAILED"
    assert "НЕ досье" in report.steps[1].text.ru
    assert {"dossier.xml", "evidence/events.jsonl"} <= {finding.part for finding in report.findings()}
