"""A real PKCS#11 token in software (Debian's softhsm2): one folder of tokens for this test process."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pkcs11 import Attribute, CertificateType, ObjectClass

from signing.keys.keypair import Certificate, SoftwareKey

INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends", "softhsm2")
MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)
TOKEN, PIN = "dalel", "2580"


@cache
def softhsm_module() -> Path:
    """SoftHSM's library with one token ready; a test that needs a token fails without one, it never skips.

    The library reads its folder from the environment once, when first loaded, so tests of a process share it.
    """
    if shutil.which("softhsm2-util") is None and not _installed():
        raise AssertionError("SoftHSM is missing: run  sudo apt-get install softhsm2")
    module = next((Path(path) for path in MODULES if Path(path).exists()), None)
    assert module is not None, f"softhsm2-util is here and none of its libraries is: {', '.join(MODULES)}"
    folder = Path(tempfile.mkdtemp(prefix="tokens-"))
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    _util("--init-token", "--free", "--label", TOKEN, "--so-pin", "1234", "--pin", PIN)
    return module


def put_key(key: SoftwareKey, label: str, identifier: bytes) -> None:
    """Import the private key as its owner would, from a PKCS#8 file and through another process."""
    softhsm_module()
    pem = key.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(pem)
        file.flush()
        named = ("--token", TOKEN, "--label", label, "--id", identifier.hex(), "--pin", PIN)
        _util("--import", file.name, *named, "--force", "--no-public-key")


def put_certificate(certificate: Certificate, label: str, identifier: bytes) -> None:
    """Store it beside its key, as a public object."""
    parsed = x509.load_der_x509_certificate(certificate.der)
    session = pkcs11.lib(str(softhsm_module())).get_token(token_label=TOKEN).open(rw=True)
    try:
        session.create_object(
            {
                Attribute.CLASS: ObjectClass.CERTIFICATE,
                Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
                Attribute.TOKEN: True,
                Attribute.PRIVATE: False,
                Attribute.LABEL: label,
                Attribute.ID: identifier,
                Attribute.SUBJECT: parsed.subject.public_bytes(),
                Attribute.VALUE: certificate.der,
            }
        )
    finally:
        session.close()


def _util(*words: str) -> None:
    done = subprocess.run(["softhsm2-util", *words], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def _installed() -> bool:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (INSTALL, ("apt-get", "update"), INSTALL):  # without lists, the first try fails
        done = subprocess.run(command, env=environment, capture_output=True, timeout=300, check=False)
        if done.returncode == 0 and command is INSTALL:
            break
    return shutil.which("softhsm2-util") is not None
