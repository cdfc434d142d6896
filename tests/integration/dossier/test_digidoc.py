"""What libdigidocpp says: of our dossiers, of containers of other systems, and of hostile ones."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from signing.keys.keypair import Certificate
from signing.trust.revocation import RevocationValues
from signing.xades.container import XadesLevel
from tests.foreign import pki, samples
from tests.foreign.generate import INDEX
from tests.foreign.sample import SAMPLE
from tests.foreign.xades import C14N10, EXC, archive_token
from tests.foreign.xmlmutants import mutants
from tests.unit.dossier.foreign.judging import judged
from tests.worlds.digidoc import ONLY_B, ONLY_T, DigidocOpinion, Trusted, judge
from tests.worlds.dossier_files import STAMPED_AT, dossier, files, packed, stamped, with_file
from tests.worlds.dossiers import anchors
from tests.worlds.proofs import Authorities, extended, responder_key, tsa_key

ENTRIES = json.loads(INDEX.read_text("utf-8"))
SAMPLE_IS_FROM = datetime(2026, 11, 24, 20, tzinfo=UTC)
FOREIGN = Trusted((pki.ca().ours,), (pki.tsa().ours,), (pki.responder().ours,))


def opinions(files: dict[str, bytes], trusted: Trusted, folder: Path) -> dict[str, DigidocOpinion]:
    """One start of the judge for all of them."""
    (folder / "home").mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    stated = judge([folder / name for name in files], trusted, folder / "home")
    return {path.name: opinion for path, opinion in stated.items()}


# --- our dossiers -----------------------------------------------------------------------------------------------------


@dataclass
class Punctual(Authorities):
    """Answers that say that they were made at their own time: DigiDoc holds producedAt against the time stamp."""

    def revocation_of(self, certificate: Certificate, issuer: Certificate) -> RevocationValues:
        return RevocationValues(ocsp=(pki.answered(certificate, issuer, responder_key(), at=self.at),))


@pytest.fixture(scope="module")
def of_ours(tmp_path_factory) -> dict[str, DigidocOpinion]:
    punctual = Punctual(STAMPED_AT + timedelta(seconds=9))
    made = {
        "B.asice": dossier(),
        "B-elliptic.asice": dossier("P-256"),
        "T.asice": stamped(),
        "LT.asice": extended(stamped(), XadesLevel.LT, punctual)[0],
        "LTA.asice": extended(stamped(), XadesLevel.LTA, punctual)[0],
        "changed.asice": with_file("dossier.pdf", lambda data: data + b" "),
    }
    trusted = Trusted(anchors(), (tsa_key().certificate,), (responder_key().certificate,))
    return opinions(made, trusted, tmp_path_factory.mktemp("ours"))


@pytest.mark.parametrize("name", ["LT.asice", "LTA.asice"])
def test_digidoc_accepts_our_dossier_once_it_carries_its_proofs(of_ours, name):
    assert of_ours[name].accepts, of_ours[name]


@pytest.mark.parametrize(("name", "missing"), [("B.asice", ONLY_B), ("B-elliptic.asice", ONLY_B), ("T.asice", ONLY_T)])
def test_digidoc_misses_nothing_in_our_dossier_but_what_its_level_lacks(of_ours, name, missing):
    (complaint,) = of_ours[name].complaints

    assert complaint.splitlines()[1:] == [missing]


def test_digidoc_refuses_our_dossier_once_it_is_changed(of_ours):
    assert not of_ours["changed.asice"].accepts


# --- containers of other systems --------------------------------------------------------------------------------------


def honest() -> Iterator[tuple[str, bytes]]:
    plan = samples.plan()
    yield "lt.asice", samples.container(plan)
    yield "lta.asice", samples.container(plan.but(archive=archive_token))
    yield "exclusive.asice", samples.container(plan.but(c14n=EXC, archive=archive_token))
    yield "older.asice", samples.container(plan.but(c14n=C14N10, property_transforms=(), cert_version=""))
    yield "two.asice", samples.container(plan, plan.but(by=pki.second(), id="S1"))
    yield "simple.asics", samples.simple()


def test_digidoc_and_we_accept_the_same_honest_containers(tmp_path):
    made = dict(honest())

    stated = opinions(made, FOREIGN, tmp_path)

    assert all(opinion.accepts for opinion in stated.values()), stated
    assert all(judged(data).is_passed for data in made.values())


@pytest.fixture(scope="module")
def of_hostile(tmp_path_factory) -> dict[str, DigidocOpinion]:
    made = {
        entry["file"]: (pki.VECTORS / entry["file"]).read_bytes()
        for entry in ENTRIES
        if not entry["libdigidocpp"].startswith("not asked")
    }
    return opinions(made, FOREIGN, tmp_path_factory.mktemp("hostile"))


def test_what_digidoc_refuses_we_refuse_and_what_it_accepts_is_listed_with_the_reason(of_hostile):
    """We refuse all of them; where it differs, the index says why."""
    differs = {entry["file"] for entry in ENTRIES if entry["libdigidocpp"].startswith("accepts: ")}

    assert {name for name, opinion in of_hostile.items() if opinion.accepts} == differs


def test_whatever_digidoc_refuses_of_changed_xml_we_refuse_too(tmp_path):
    items = samples.items(samples.plan().but(archive=archive_token))
    changed = mutants(
        items, (samples.SIGNATURE_NAME, samples.SIGNATURE_NAME, samples.MANIFEST_NAME), 400, seed=20261124
    )
    made = {f"{number}.asice": data for number, data in enumerate(changed)}

    stated = opinions(made, FOREIGN, tmp_path)

    passed_by_us = {name for name, data in made.items() if judged(data).is_passed}
    assert passed_by_us <= {name for name, opinion in stated.items() if opinion.accepts}
    assert passed_by_us, "some changes are harmless, as white space is; without any nothing would be compared"


def test_digidoc_lets_a_victim_stand_for_the_attacker_and_we_do_not(of_hostile):
    """The key substitution of the threat model, so that nobody takes its opinion for the last word."""
    opinion = of_hostile["key-substitution.asice"]

    assert (opinion.accepts, opinion.signers) == (True, ("Akimat of Almaty",))
    assert judged((pki.VECTORS / "key-substitution.asice").read_bytes()).signer is None


def test_a_dossier_that_lost_its_description_is_refused_by_both(tmp_path):
    stripped = packed((name, data) for name, data in files() if name not in {"dossier.xml", "evidence/events.jsonl"})
    trusted = Trusted(anchors(), (tsa_key().certificate,), (responder_key().certificate,))

    (stated,) = opinions({"stripped.asice": stripped}, trusted, tmp_path).values()
    report = judged(stripped, anchors=anchors(), now=STAMPED_AT + timedelta(days=1))

    assert not stated.accepts
    assert not report.is_passed
    assert "NOT a Dälel dossier" in report.steps[1].text.en


def test_we_accept_what_digidoc_made(tmp_path):
    """A container that libdigidocpp 4.3.0 signed, stamped and filled with an answer on revocation by itself."""
    (stated,) = opinions({SAMPLE.name: SAMPLE.read_bytes()}, FOREIGN, tmp_path).values()
    report = judged(SAMPLE.read_bytes(), now=SAMPLE_IS_FROM + timedelta(days=1))

    assert stated.accepts
    assert report.is_passed, [f"{finding.part}: {finding.text.en}" for finding in report.findings()]
    assert (report.kind, report.level, report.signer) == ("ASiC-E", "B-LT", pki.signer().ours.subject)
