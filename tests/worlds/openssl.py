"""The program openssl: an independent judge of tokens and signatures, and an authority that is not ours.

Its absence fails a test and skips none: what it proves can be proven by nothing that we wrote ourselves.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from connectors.sandbox.authorities.ca import SandboxAuthority
from signing.keys.files import write_pair
from signing.keys.keypair import SoftwareKey

_TSA = """\
[tsa]
default_tsa = ours
[ours]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
certs = {folder}/ca.pem
signer_digest = {signer_digest}
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500
ordering = yes
tsa_name = yes
ess_cert_id_chain = {chain}
ess_cert_id_alg = {ess_digest}
"""


def openssl(*words: object) -> subprocess.CompletedProcess[str]:
    """Run it; the caller looks at ``returncode`` and ``stdout``."""
    program = shutil.which("openssl")
    if program is None:
        pytest.fail("openssl is absent: it judges our time stamps. On Debian and Ubuntu: apt-get install openssl")
    return subprocess.run([program, *map(str, words)], capture_output=True, text=True, timeout=60, check=False)


@dataclass(frozen=True)
class OpensslAuthority:
    """openssl as a time-stamp authority, in ``folder``."""

    folder: Path

    @classmethod
    def made(
        cls,
        folder: Path,
        ca: SandboxAuthority,
        key: SoftwareKey,
        *,
        signer_digest: str = "sha256",
        ess_digest: str = "sha256",
        chain: str = "no",
    ) -> OpensslAuthority:
        write_pair(folder, "tsa", key)
        ca.save(folder)
        (folder / "serial").write_text("0F\n")
        values = {"signer_digest": signer_digest, "ess_digest": ess_digest, "chain": chain}
        (folder / "tsa.cnf").write_text(_TSA.format(folder=folder, **values))
        return cls(folder)

    def answer(self, request: bytes) -> bytes:
        """A TimeStampResp (DER)."""
        requested, answered = self.folder / "request.tsq", self.folder / "response.tsr"
        requested.write_bytes(request)
        reported = openssl(
            "ts", "-reply", "-config", self.folder / "tsa.cnf", "-queryfile", requested, "-out", answered
        )
        assert reported.returncode == 0, reported.stderr
        return answered.read_bytes()
