"""Hostile containers, named for their attacks: none is accepted, and each is refused for the reason that it has."""

import json

import pytest

from dossier.check.report import FAILING, Indication
from tests.foreign import pki
from tests.foreign.generate import INDEX, index_text, vectors
from tests.unit.dossier.foreign.judging import decisive, judged

ENTRIES = json.loads(INDEX.read_text("utf-8"))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])
def test_a_hostile_container_is_refused_for_its_own_reason(entry):
    report = judged((pki.VECTORS / entry["file"]).read_bytes())

    step, finding = decisive(report)
    assert report.indication == entry["indication"] != Indication.TOTAL_PASSED
    assert (report.sub_indication, step) == (entry["sub_indication"], entry["step"])
    assert (report.sub_indication in FAILING) == (report.indication is Indication.TOTAL_FAILED)
    assert entry["part"] in ("", finding.part)
    assert all((finding.text.kk, finding.text.ru, finding.text.en))


def test_the_vectors_are_what_their_generator_writes():
    made = vectors()
    committed = {path.name: path.read_bytes() for path in pki.VECTORS.glob("*.asice")}

    assert committed == {vector.file_name: vector.data for vector in made}
    assert INDEX.read_text("utf-8") == index_text(made)


def test_there_is_no_shortage_of_attacks():
    assert len(ENTRIES) == len(set(pki.VECTORS.glob("*.asice"))) >= 100
