"""Programs that are not ours agree: the signature in an unpacked dossier verifies, and a changed file does not."""

import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from dossier.packaging import layout
from dossier.packaging.assembly import assemble
from signing.xades.container import XADES, XadesLevel, read_signature, rebuild
from tests.worlds import digidoc
from tests.worlds.digidoc import Trusted
from tests.worlds.dossier_files import at_level, contents_of, dossier, names, packed, proven_input
from tests.worlds.dossiers import anchors, seal_key
from tests.worlds.proofs import Authorities, extended, ledger_evidence, responder_key, stamp_at, tsa_key
from tests.worlds.xmlsec1 import require_xmlsec1


def judged(folder, kind):
    """xmlsec1 opens every file that a reference names, percent-encoded names included."""
    certificate = folder.parent / "seal.pem"
    certificate.write_bytes(seal_key(kind).certificate.to_pem())
    command = [require_xmlsec1(), "--verify"]
    command += ["--pubkey-cert-pem", str(certificate), "--id-attr:Id", f"{XADES}:SignedProperties"]
    command += ["META-INF/signatures0.xml"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(params=["RSA-2048", "P-256"])
def kind(request):
    return request.param


@pytest.fixture
def unpacked(tmp_path, kind):
    folder = tmp_path / "dossier"
    with zipfile.ZipFile(BytesIO(dossier(kind))) as container:
        container.extractall(folder)
    return folder


def test_xmlsec1_verifies_the_signature_of_an_unpacked_dossier(unpacked, kind):
    verdict = judged(unpacked, kind)
    assert verdict.returncode == 0, verdict.stderr
    assert f"SignedInfo References (ok/all): {len(names()) - 2}/{len(names()) - 2}" in verdict.stdout + verdict.stderr


def test_xmlsec1_refuses_it_once_a_document_has_changed(unpacked, kind):
    document = next((unpacked / "documents").iterdir())
    document.write_bytes(document.read_bytes() + b" ")
    assert judged(unpacked, kind).returncode != 0


@pytest.mark.parametrize("level", [XadesLevel.T, XadesLevel.LT, XadesLevel.LTA])
def test_xmlsec1_verifies_the_signature_at_every_level(tmp_path, level):
    folder = tmp_path / "dossier"
    with zipfile.ZipFile(BytesIO(at_level(level))) as container:
        container.extractall(folder)
    assert judged(folder, "RSA-2048").returncode == 0


# --- libdigidocpp: another code base reads the same standards ---------------------------------------------------------


@pytest.fixture(scope="module")
def opinions(tmp_path_factory):
    """Of dossiers filed just now: it wants the answer on revocation within 15 minutes of the time stamp."""
    folder = tmp_path_factory.mktemp("judged")
    files = {}
    for name, data in _of_today().items():
        files[name] = folder / f"{name}.asice"
        files[name].write_bytes(data)
    trusted = Trusted(anchors(), (tsa_key().certificate,), (responder_key().certificate,))
    judged = digidoc.judge(list(files.values()), trusted, tmp_path_factory.mktemp("digidoc"))
    return {name: judged[path] for name, path in files.items()}


def _of_today() -> dict[str, bytes]:
    now = datetime.now(UTC).replace(microsecond=0)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "d.asice"
        given = proven_input(assembled_at=now, ledger=ledger_evidence(at=now, stamped_at=now))
        assemble(given, seal_key(), path, stamp_at(now))
        stamped = path.read_bytes()
    authorities = Authorities(now)
    archived, _ = extended(stamped, XadesLevel.LTA, authorities)
    rogue = SandboxAuthority.create("Rogue CA", now=now).issue(
        "Rogue TSA", bin="1" * 12, usage=Usage.TIME_STAMPS, now=now
    )
    return {
        "B-T": stamped,
        "B-LT": extended(stamped, XadesLevel.LT, authorities)[0],
        "B-LTA": archived,
        "other archive stamp": archived_by(archived, stamp_at(now)(bytes(32))),
        "rogue archive stamp": extended(stamped, XadesLevel.LTA, Authorities(now, tsa=rogue))[0],
        "revoked": extended(stamped, XadesLevel.LT, Authorities(now, {seal_key().certificate.sha256: now}))[0],
    }


def archived_by(data: bytes, token: bytes) -> bytes:
    read = read_signature(dict(contents_of(data))[layout.SIGNATURE])
    archives = (replace(read.unsigned.archives[0], token=token),)
    signature = rebuild(replace(read, unsigned=replace(read.unsigned, archives=archives)))
    return packed((name, signature if name == layout.SIGNATURE else held) for name, held in contents_of(data))


@pytest.mark.parametrize("level", ["B-LT", "B-LTA"])
def test_libdigidocpp_accepts_a_dossier_carried_to(opinions, level):
    assert opinions[level].accepts, opinions[level].complaints


def test_libdigidocpp_finds_nothing_wrong_with_a_stamped_dossier_but_that_it_is_not_b_lt(opinions):
    (complaint,) = opinions["B-T"].complaints
    assert complaint.splitlines()[1:] == ["RevocationValues object is missing"]


@pytest.mark.parametrize("forged", ["other archive stamp", "rogue archive stamp", "revoked"])
def test_libdigidocpp_refuses_what_we_do_not_pass(opinions, forged):
    assert not opinions[forged].accepts
