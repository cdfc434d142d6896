from __future__ import annotations

import stat
from datetime import UTC, datetime

import pytest

from connectors.sandbox import read_party
from contracts.identifiers import is_valid_bin
from gateway.bootstrap.creation import (
    EXCHANGE_BIN,
    InstallationExists,
    InstallationFailed,
    InstallationPlan,
    make_installation,
)
from gateway.bootstrap.sandbox_parties import CAST
from gateway.config.settings import load_settings
from gateway.registry.parties_file import read_parties
from signing.keys.keypair import SoftwareKey, load_certificate
from signing.trust.path import CertificateStanding, Purpose, judge_path, load_anchors

NOW = datetime.now(UTC)


def test_an_installation_has_its_keys_settings_parties_and_database(pristine_home):
    settings = load_settings(pristine_home)

    assert settings.rules == "sandbox-seconds"
    SoftwareKey.load(settings.message_key, settings.message_certificate)
    seal = SoftwareKey.load(settings.seal_key, settings.seal_certificate).certificate
    assert (
        judge_path(seal, load_anchors(pristine_home / "trust"), at=NOW, purpose=Purpose.SEALS).standing
        is CertificateStanding.TRUSTED
    )
    assert (pristine_home / "dalel.db").is_file()
    assert settings.documents_folder.is_dir()


def test_the_message_key_is_not_good_for_seals(pristine_home):
    message = load_certificate(pristine_home / "keys" / "exchange.pem")

    standing = judge_path(message, load_anchors(pristine_home / "trust"), at=NOW, purpose=Purpose.SEALS).standing

    assert standing is CertificateStanding.NOT_FOR_PURPOSE


def test_nobody_but_the_owner_gets_at_the_keys(pristine_home):
    keys = [*pristine_home.rglob("*.key"), *pristine_home.rglob("key.pem")]

    assert len(keys) == 5 + len(CAST)
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}
    assert stat.S_IMODE(pristine_home.stat().st_mode) == 0o700


def test_every_sandbox_party_finds_what_it_needs_from_its_own_folder(pristine_home):
    for party in read_parties(pristine_home / "parties.yaml").parties[1:]:
        folder = pristine_home / "sandbox" / party.party_id
        file = read_party(folder)
        key = SoftwareKey.load(folder / "key.pem", folder / "cert.pem")

        assert key.certificate.der in party.certificates
        assert load_certificate(file.exchange_certificate).der
        assert all(load_certificate(anchor).der for anchor in file.anchors)
        assert party.endpoint is None or party.endpoint == file.inbox_url


def test_the_casts_numbers_are_ones_that_could_have_been_issued():
    assert all(is_valid_bin(number) for number in (EXCHANGE_BIN, *(party.bin for party in CAST)))


def test_an_installation_without_sandbox_has_no_parties(tmp_path):
    made = make_installation(InstallationPlan(tmp_path / "home", sandbox=False), now=NOW)

    assert made.parties == ("dalel",)
    assert not (tmp_path / "home" / "sandbox").exists()
    assert load_settings(tmp_path / "home").rules == "appk-2026"


def test_what_is_there_is_never_overwritten(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "precious").write_text("kept")

    with pytest.raises(InstallationExists, match="exists already"):
        make_installation(InstallationPlan(tmp_path / "home"), now=NOW)

    assert (tmp_path / "home" / "precious").read_text() == "kept"


def test_a_failure_half_way_leaves_nothing(tmp_path, monkeypatch):
    def full_disk(*_args: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gateway.bootstrap.creation.write_sandbox", full_disk)

    with pytest.raises(InstallationFailed, match="nothing is left"):
        make_installation(InstallationPlan(tmp_path / "home"), now=NOW)

    assert list(tmp_path.iterdir()) == []
