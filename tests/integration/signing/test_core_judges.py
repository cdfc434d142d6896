"""Others judge our envelopes, and our files of attacks: the program ``xmlsec1``, and the validator in every JDK.

Both know the core of XML-DSig only: whether digests and signature are right, and (the JDK) which algorithms are weak.
What a profile forbids beyond that they let pass; so they are asked only about what they can know.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from contracts.codes import Code
from signing.keys.keypair import SignatureAlgorithm, SoftwareKey
from signing.profile.policy import CertificateNaming
from signing.profile.writing import sign_envelope
from tests.worlds.signing import forge
from tests.worlds.signing.vectors import FOLDER, MessageVector, index
from tests.worlds.xmlsec1 import require_xmlsec1

SOURCE = Path(__file__).with_name("JudgeEnvelopes.java")
CORE = {Code.BODY_TAMPERED, Code.SIGNATURE_INVALID}
WEAK = re.compile(r"(sha1|md5|ripemd160|hmac|dsa)(-|\.)")
HONEST = [vector for vector in index() if vector.file.startswith("honest/")]
FOREIGN = [vector for vector in index() if vector.file.startswith("foreign/")]
OF_WS_SECURITY = b"#STR-Transform"  # the core has no such transform
BROKEN = [vector for vector in index() if vector.code in CORE]


@pytest.fixture(scope="module")
def xmlsec1() -> str:
    return require_xmlsec1()


def accepts(program: str, vector: MessageVector) -> bool:
    command = [program, "--verify", "--pubkey-cert-pem", str(FOLDER / vector.key)]
    command += ["--id-attr:Id", f"{forge.NS['s']}:Body", "--id-attr:Id", f"{forge.NS['wsu']}:Timestamp"]
    verdict = subprocess.run([*command, str(FOLDER / vector.file)], capture_output=True, timeout=30, check=False)
    return verdict.returncode == 0


def uses_pss(vector: MessageVector) -> bool:
    """The 1.2 series of xmlsec1 knows no RSA-PSS."""
    return b"sha256-rsa-MGF1" in vector.data or "rsa-pss" in vector.key


def test_xmlsec1_accepts_every_honest_message_of_an_algorithm_that_it_knows(xmlsec1):
    known = [vector for vector in HONEST if not uses_pss(vector)]
    assert len(known) == 2 * len(CertificateNaming)
    assert all(accepts(xmlsec1, vector) for vector in known)


def test_xmlsec1_refuses_every_message_whose_core_is_broken(xmlsec1):
    """From 1.3 on it takes the second spelling of an ECDSA value, which is why we compare its length ourselves."""
    accepted = {vector.file for vector in BROKEN if not uses_pss(vector) and accepts(xmlsec1, vector)}
    assert accepted <= {"hostile/ecdsa-halves-with-leading-zeros.xml"}


# --- the JDK ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def jdk(tmp_path_factory):
    """The judge, compiled."""
    if shutil.which("javac") is None or shutil.which("java") is None:
        pytest.fail("no JDK: nobody of another code base has judged our envelopes (Debian: default-jdk-headless)")
    folder = tmp_path_factory.mktemp("jdk")
    subprocess.run(["javac", "-d", str(folder), str(SOURCE)], check=True, timeout=120, capture_output=True)

    def judge(pairs: list[tuple[Path, Path]]) -> list[str]:
        """One verdict for each certificate and envelope."""
        arguments = [str(path) for pair in pairs for path in pair]
        command = ["java", "-cp", str(folder), SOURCE.stem, *arguments]
        judged = subprocess.run(command, check=True, timeout=120, capture_output=True, text=True)
        return judged.stdout.splitlines()

    return judge


@pytest.fixture(scope="module")
def verdicts(jdk) -> dict[str, str]:
    """The JDK's verdict on every file of the vectors."""
    vectors = index()
    lines = jdk([(FOLDER / vector.key, FOLDER / vector.file) for vector in vectors])
    return dict(zip((vector.file for vector in vectors), lines, strict=True))


def test_the_jdk_accepts_every_honest_message_in_every_algorithm_and_naming(verdicts):
    assert {verdicts[vector.file] for vector in HONEST} == {"accepted"}


def test_the_jdk_accepts_what_other_toolkits_write_and_we_take(verdicts):
    known = [vector for vector in FOREIGN if OF_WS_SECURITY not in vector.data]
    assert len(known) > 12
    assert [vector.file for vector in known if verdicts[vector.file] != "accepted"] == []


def test_the_jdk_refuses_every_message_whose_core_is_broken(verdicts):
    assert BROKEN
    assert [vector.file for vector in BROKEN if verdicts[vector.file] == "accepted"] == []


def test_the_jdk_refuses_every_algorithm_that_is_weak(verdicts):
    weak = [vector.file for vector in index() if vector.code and WEAK.search(vector.file)]
    assert len(weak) > 10
    assert [file for file in weak if verdicts[file] == "accepted"] == []


def test_what_the_jdk_lets_pass_is_counted(verdicts, record_property):
    hostile = [vector for vector in index() if vector.code]
    passed = [vector for vector in hostile if verdicts[vector.file] == "accepted"]
    record_property(
        "figure",
        f"JDK: accepts {len(HONEST)} of {len(HONEST)} honest envelopes, refuses {len(hostile) - len(passed)} of "
        f"{len(hostile)} hostile ones; the other {len(passed)} break the profile, which is not its business",
    )
    assert not {vector.code for vector in passed} & CORE


@pytest.mark.parametrize("naming", CertificateNaming)
@pytest.mark.parametrize("content", [forge.CONTENT, forge.FAULT], ids=["operation", "fault"])
def test_the_jdk_accepts_what_the_product_signs_now(jdk, tmp_path, naming, content):
    """Fresh signatures by the product's own keys, PSS with fresh salts among them."""
    pairs = []
    for kind, algorithm in (
        ("P-256", SignatureAlgorithm.ECDSA_SHA256),
        ("RSA-2048", SignatureAlgorithm.RSA_SHA256),
        ("RSA-2048", SignatureAlgorithm.RSA_PSS_SHA256),
        ("RSA-PSS", SignatureAlgorithm.RSA_PSS_SHA256),
    ):
        key = SoftwareKey(forge.key(kind).private_key, forge.key(kind).certificate, sign_with=algorithm)
        envelope = tmp_path / f"{kind}-{algorithm}.xml"
        envelope.write_bytes(sign_envelope(content, key, now=forge.NOW, naming=naming))
        pairs.append((forge.KEYS / f"party-{kind.lower()}.pem", envelope))
    assert jdk(pairs) == ["accepted"] * len(pairs)
