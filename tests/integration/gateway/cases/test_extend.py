"""``dalel extend`` against the sandbox's authorities: over HTTP, from B-B to B-LTA, in new files."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from typer.testing import CliRunner

from connectors.sandbox.authorities.behaviour import AuthorityBend, AuthorityService, Misconduct
from connectors.sandbox.authorities.ca import RevokedEntry, SandboxAuthority, Usage
from connectors.sandbox.authorities.folder import services_at, write_authorities
from connectors.sandbox.authorities.register import RevocationRegister
from connectors.sandbox.authorities.service import SandboxAuthorities
from dossier.packaging.assembly import assemble
from gateway.cli import app
from gateway.cli.demo.processes import free_ports
from gateway.cli.frame import CommandFailed, Exit
from signing.keys.files import write_certificate, write_pair
from signing.keys.keypair import SoftwareKey
from tests.worlds.dossiers import dossier_input

BIN = "050740004819"


@dataclass
class ExtendPlace:
    """A folder with a dossier in it and the anchor beside it; the authorities run meanwhile."""

    folder: Path
    service: SandboxAuthorities
    seal: SoftwareKey
    tsa: str

    @property
    def dossier(self) -> Path:
        return self.folder / "dossier.asice"

    async def run(self, *words: str) -> tuple[int, str]:
        """The command in a thread, as its authorities live in this loop."""
        return await asyncio.to_thread(_invoked, words)

    async def extend(self, *words: str) -> tuple[int, str]:
        return await self.run("extend", *words, "--tsa", self.tsa, "--home", str(self.folder / "none"), "--lang", "en")


def _invoked(words: tuple[str, ...]) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words))
    if isinstance(result.exception, CommandFailed):
        return result.exception.code, str(result.exception)
    return result.exit_code, result.output


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[ExtendPlace]:
    now = datetime.now(UTC)
    port, control = free_ports(2)
    ca = SandboxAuthority.create("Extending CA", now=now)
    ca.save(tmp_path / "authority" / "ca")
    keys = tmp_path / "authority" / "keys"
    for name, usage in (("tsa", Usage.TIME_STAMPS), ("ocsp", Usage.OCSP)):
        write_pair(keys, name, ca.issue(name, bin=BIN, usage=usage, now=now, services=services_at(port)))
    seal = ca.issue("seal", bin=BIN, usage=Usage.SEAL, now=now, services=services_at(port))
    file = write_authorities(keys, listen_port=port, control_port=control, ca_folder=Path("..") / "ca")
    folder = tmp_path / "court"
    (folder / "trust").mkdir(parents=True)
    write_certificate(folder / "trust" / "ca.pem", ca.key.certificate)
    assemble(dossier_input(assembled_at=now), seal, folder / "dossier.asice")
    async with SandboxAuthorities(file) as service:
        yield ExtendPlace(folder, service, seal, file.tsa_url)


async def test_a_dossier_is_carried_from_b_b_to_b_lta(place: ExtendPlace):
    before = place.dossier.read_bytes()

    code, stated = await place.extend(str(place.dossier))

    assert code == Exit.OK, stated
    assert "proven to exist from then on" in stated
    assert "answers on revocation" in stated
    assert "B-LTA" in stated
    assert place.dossier.read_bytes() == before
    code, report = await place.run("verify", str(place.folder / "dossier-LTA.asice"), "--json", "--home", "none")
    assert code == Exit.OK
    assert json.loads(report)["level"] == "B-LTA"


async def test_scripts_read_what_was_added(place: ExtendPlace):
    code, stated = await place.extend(str(place.dossier), "--to", "T", "--json", "-o", str(place.folder / "t.asice"))
    assert code == Exit.OK
    body = json.loads(stated[stated.index("{") :])
    assert (body["level"], body["indication"]) == ("B-T", "TOTAL-PASSED")
    assert [one["level"] for one in body["added"]] == ["B-T"]


async def test_at_its_level_there_is_nothing_to_add(place: ExtendPlace):
    await place.extend(str(place.dossier), "--to", "T")
    code, stated = await place.extend(str(place.folder / "dossier-T.asice"), "--to", "T")
    assert code == Exit.OK
    assert "nothing to add" in stated
    assert not (place.folder / "dossier-T-T.asice").exists()


async def test_nothing_is_written_over(place: ExtendPlace):
    (place.folder / "dossier-LTA.asice").write_bytes(b"mine")
    code, stated = await place.extend(str(place.dossier))
    assert (code, "exists" in stated) == (Exit.USAGE, True)
    assert (place.folder / "dossier-LTA.asice").read_bytes() == b"mine"


async def test_a_refusing_authority_leaves_no_file_and_another_one_may_be_named(place: ExtendPlace):
    place.service.bends.put(AuthorityBend(AuthorityService.TSA, Misconduct.REFUSES))
    code, stated = await place.extend(str(place.dossier))
    assert (code, "--tsa" in stated) == (Exit.UNREACHABLE, True)
    assert [path.name for path in place.folder.glob("*asice*")] == ["dossier.asice"]


async def test_a_revoked_signer_is_told_and_the_answer_is_kept(place: ExtendPlace):
    """Revoked an hour before it was stamped: whether the signature is older cannot be known."""
    await place.extend(str(place.dossier), "--to", "T")
    revoked = RevokedEntry(
        place.seal.certificate.serial, datetime.now(UTC) - timedelta(hours=1), x509.ReasonFlags.key_compromise
    )
    RevocationRegister(place.folder.parent / "authority" / "keys").revoke(revoked)
    code, stated = await place.extend(str(place.folder / "dossier-T.asice"), "--to", "LT")
    assert code == Exit.INDETERMINATE, stated
    assert "REVOKED_NO_POE" in stated


async def test_a_file_that_fails_verification_is_not_carried_on(place: ExtendPlace):
    place.dossier.write_bytes(place.dossier.read_bytes()[:-1] + b"X")
    code, stated = await place.extend(str(place.dossier))
    assert (code, "fails verification" in stated) == (Exit.FAILED, True)


async def test_what_is_no_file_is_named(place: ExtendPlace):
    (place.folder / "folder.asice").mkdir()
    for name in ("absent.asice", "folder.asice"):
        code, stated = await place.extend(str(place.folder / name))
        assert (code, "no file" in stated) == (Exit.UNREACHABLE, True)
