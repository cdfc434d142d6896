"""Programs that are not ours agree: the signature in an unpacked dossier verifies, and a changed file does not."""

import subprocess
import zipfile
from io import BytesIO

import pytest

from signing.xades import XADES
from tests.dossier_builder import seal_key
from tests.integration.dossier.dossiers import dossier, names
from tests.xmlsec1 import require_xmlsec1


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
