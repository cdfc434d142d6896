"""Certificates as an operator meets them: before they are put in force, and afterwards."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import pytest
import yaml

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from gateway.bootstrap.sandbox_parties import CAST
from gateway.cli.frame import Exit
from gateway.config.settings import load_settings
from gateway.domain.registry.revocation import RevocationCheck
from gateway.ports.parties import RecordCheck
from gateway.store.database import open_store
from signing.keys.files import write_certificate
from signing.trust.answer import RevocationStatus, WhyUnknown
from signing.trust.revocation import RevocationJudgement

COURT = next(party for party in CAST if party.party_id == "smas-almaty")
AGENCY = next(party for party in CAST if party.party_id == "akimat-almaty")


def _with_certificate(home, *, bin_, terms=None):
    """The parties file with a fresh certificate for the court, as its authority would issue it for ``bin_``."""
    ca = SandboxAuthority.load(home / "ca")
    now = datetime.now(UTC)
    key = ca.issue(COURT.name.ru, bin=bin_, usage=Usage.MESSAGE, now=now, days=20, key_kind="P-256")
    write_certificate(home / "court.pem", key.certificate)
    form = yaml.safe_load((home / "parties.yaml").read_text())
    entry = next(party for party in form["parties"] if party["party_id"] == COURT.party_id)
    entry["certificates"].append("court.pem")
    for agreement in form["agreements"]:
        agreement.update(terms or {})
    file = home / "changed.yaml"
    file.write_text(yaml.safe_dump(form, allow_unicode=True))
    return file


def test_a_certificate_of_another_organisation_is_not_put_in_force(run, home):
    ran = run("parties", "apply", _with_certificate(home, bin_=AGENCY.bin), "--home", home)

    assert ran.code == Exit.FAILED
    assert f"it is of BIN {AGENCY.bin}, the party's is {COURT.bin}" in ran.err
    assert json.loads(run("parties", "list", "--json", "--home", home).out)["version"] == 1


def test_a_dry_run_shows_every_certificate_and_warns_of_one_that_ends_soon(run, home):
    ran = run("parties", "apply", _with_certificate(home, bin_=COURT.bin), "--dry-run", "--home", home)

    assert ran.code == Exit.OK
    assert ran.out.count(COURT.bin) >= 2
    assert "organisation" in ran.out
    assert "trusted" in ran.out
    assert "it ends in 19 days; register its successor beside it now" in ran.out


def test_certificates_in_force_are_shown_for_people_and_for_scripts(run, home):
    output = run("parties", "show", "--home", home)
    (row,) = json.loads(run("parties", "show", COURT.party_id, "--json", "--home", home).out)

    assert output.code == Exit.OK
    assert (row["bin"], row["key_use"], row["standing"]) == (COURT.bin, "signing", "trusted")
    assert row["revocation"] == "not asked yet"
    assert [url.rsplit("/", 1)[1] for url in row["responders"]] == ["ocsp", "ca.crl"]


def test_a_party_that_is_not_there_cannot_be_shown(run, home):
    ran = run("parties", "show", "nobody", "--home", home)

    assert ran.code == Exit.FAILED
    assert "dalel parties list" in ran.err


def test_without_its_anchor_a_certificate_is_shown_as_unknown_to_us(run, home):
    (home / "trust" / "sandbox-authority.pem").unlink()

    rows = json.loads(run("parties", "show", "--json", "--home", home).out)

    assert {row["standing"] for row in rows} == {"no anchor given"}


def test_the_policy_for_unknown_revocation_is_an_agreement_and_shown_as_a_change(run, home):
    terms = {"on_unknown_revocation": "refuse", "revocation_patience_s": 3600}
    ran = run("parties", "apply", _with_certificate(home, bin_=COURT.bin, terms=terms), "--home", home)

    assert f"~ agreement {COURT.party_id}: on_unknown_revocation wait → refuse" in ran.out
    assert "revocation_patience 86400 s → 3600 s" in ran.out
    assert "In force as version 2" in ran.out


@pytest.mark.parametrize(
    ("why", "health", "cure"),
    [(WhyUnknown.PATH_INVALID, "fail", "an anchor of its own"), (WhyUnknown.NO_PATH, "warn", "Put its anchor into")],
)
def test_the_doctor_says_of_a_certificate_without_a_valid_path_what_becomes_of_its_messages(
    run, home, why, health, cure
):
    (row,) = json.loads(run("parties", "show", COURT.party_id, "--json", "--home", home).out)
    judged = RevocationJudgement(RevocationStatus.UNKNOWN, reason=why, detail="no valid path: it is too long")

    async def record() -> None:
        store = await open_store(load_settings(home).database_url)
        await store.run(RecordCheck(RevocationCheck(row["sha256"], datetime.now(UTC), judged, unanswered=0)))
        await store.close()

    asyncio.run(record())
    found = {one["subject"]: one for one in json.loads(run("doctor", "--home", home, "--json").out)}
    output = found[f"revocation, party {COURT.party_id}, {row['sha256'][:16]}"]
    assert (output["health"], output["message"]) == (health, "unknown: no valid path: it is too long")
    assert cure in output["cure"]
