"""libdigidocpp, the library behind DigiDoc, as a judge of containers: another code base with another history.

It believes a trust list (TS 119 612) that is made and signed here. It runs in a process of its own: its configuration
is process-wide, and it writes into the home folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from signing.keys.keypair import Certificate, SoftwareKey

ROOT = Path(__file__).parents[2]
UNQUALIFIED = "POLv1"  # its policy for signatures whose certificate is not qualified after eIDAS, as none of ours is
ONLY_B = "QualifyingProperties block 'UnsignedProperties' is missing."
"""What it says of a container of level B-B when all else is well; it knows no such level."""

ONLY_T = "RevocationValues object is missing"
"""And of level B-T."""

SERVICE = "http://uri.etsi.org/TrstSvc/Svctype/"
_LIST = """<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#" Id="list"
 TSLTag="http://uri.etsi.org/19612/TSLTag"><SchemeInformation><TSLVersionIdentifier>5</TSLVersionIdentifier>
<TSLSequenceNumber>1</TSLSequenceNumber>
<TSLType>http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric</TSLType>
<SchemeOperatorName><Name xml:lang="en">Tests</Name></SchemeOperatorName>
<SchemeTerritory>KZ</SchemeTerritory><ListIssueDateTime>{issued}</ListIssueDateTime>
<NextUpdate><dateTime>{next}</dateTime></NextUpdate></SchemeInformation>
<TrustServiceProviderList><TrustServiceProvider><TSPInformation><TSPName><Name xml:lang="en">Tests</Name></TSPName>
</TSPInformation><TSPServices>{services}</TSPServices></TrustServiceProvider></TrustServiceProviderList>
</TrustServiceStatusList>"""
_SERVICE = """<TSPService><ServiceInformation><ServiceTypeIdentifier>{kind}</ServiceTypeIdentifier>
<ServiceName><Name xml:lang="en">Tests</Name></ServiceName><ServiceDigitalIdentity><DigitalId>
<X509Certificate>{certificate}</X509Certificate></DigitalId></ServiceDigitalIdentity>
<ServiceStatus>http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted</ServiceStatus>
<StatusStartingTime>2020-01-01T00:00:00Z</StatusStartingTime></ServiceInformation></TSPService>"""
_LAX_SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://uri.etsi.org/02231/v2#">
<xs:element name="TrustServiceStatusList"><xs:complexType><xs:sequence>
<xs:any minOccurs="0" maxOccurs="unbounded" processContents="skip"/></xs:sequence>
<xs:anyAttribute processContents="skip"/>
</xs:complexType></xs:element></xs:schema>"""


@dataclass(frozen=True)
class Trusted:
    """Whom the trust list names."""

    authorities: tuple[Certificate, ...] = ()
    time_stamps: tuple[Certificate, ...] = ()
    ocsp: tuple[Certificate, ...] = ()


@dataclass(frozen=True)
class DigidocOpinion:
    """What it says of one file: ``complaints`` of every signature, or the one of opening the file at all."""

    signatures: int
    complaints: tuple[str, ...]
    signers: tuple[str, ...] = ()

    @property
    def accepts(self) -> bool:
        return self.signatures > 0 and not self.complaints


def judge(files: Sequence[Path], trusted: Trusted, folder: Path) -> dict[Path, DigidocOpinion]:
    """Its opinion of every file. ``folder``: an empty one, for its cache and home."""
    ask = {"action": "judge", "files": [str(path) for path in files]}
    output = run(ask, trusted, folder)
    return {
        Path(path): DigidocOpinion(one["signatures"], tuple(one["complaints"]), tuple(one["signers"]))
        for path, one in output.items()
    }


def run(ask: dict[str, object], trusted: Trusted, folder: Path) -> dict[str, dict[str, object]]:
    """Carry out ``ask`` in a process of its own."""
    cache = _prepare(trusted, folder)
    environment = os.environ | {"HOME": str(folder), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.worlds.digidoc", str(cache)],
        input=json.dumps(ask),
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        errors="replace",  # it quotes hostile bytes as they are
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise AssertionError(f"libdigidocpp ended with {done.returncode}: {done.stderr[-2000:]}")
    output: dict[str, dict[str, object]] = json.loads(done.stdout.splitlines()[-1])
    return output


def sign(
    files: Sequence[Path], target: Path, key: SoftwareKey, urls: Mapping[str, str], folder: Path, trusted: Trusted
) -> None:
    """Let it make an ASiC-E of level LT at ``target``. ``urls``: of "tsa", and of OCSP by the issuer's common name.

    It writes the address of the time-stamp authority into ``~/.digidocpp``, whatever HOME says, so no test does this.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

    certificate = x509.load_der_x509_certificate(key.certificate.der)
    bundle = pkcs12.serialize_key_and_certificates(
        b"signer", key.private_key, certificate, None, BestAvailableEncryption(b"password")
    )
    (folder / "signer.p12").write_bytes(bundle)
    ask = {
        "action": "sign",
        "files": [str(path) for path in files],
        "target": str(target),
        "key": str(folder / "signer.p12"),
        "urls": dict(urls),
    }
    run(ask, trusted, folder)


# --- before it starts -------------------------------------------------------------------------------------------------


def _prepare(trusted: Trusted, folder: Path) -> Path:
    import pydigidoc

    cache = folder / "cache"
    cache.mkdir(exist_ok=True)
    for schema in (Path(pydigidoc.__file__).parent / "schema").glob("*.xsd"):
        (cache / schema.name).write_bytes(schema.read_bytes())
    (cache / "ts_119612v020201_201601xsd.xsd").write_text(_LAX_SCHEMA)
    now = datetime.now(UTC)  # the list must be valid when the judge runs
    signer = SandboxAuthority.create("Trust list", now=now).issue(
        "Trust list", bin="050740004819", usage=Usage.SEAL, now=now
    )
    (cache / "signer.der").write_bytes(signer.certificate.der)
    (cache / "tl.xml").write_bytes(_signed_list(trusted, signer, now))
    return cache


def _signed_list(trusted: Trusted, signer: SoftwareKey, now: datetime) -> bytes:
    services = [
        _SERVICE.format(kind=SERVICE + kind, certificate=b64encode(certificate.der).decode())
        for kind, certificates in (
            ("CA/QC", trusted.authorities),
            ("TSA/QTST", trusted.time_stamps),
            ("Certstatus/OCSP/QC", trusted.ocsp),
        )
        for certificate in certificates
    ]
    issued, following = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (now, now + timedelta(days=30)))
    root = etree.fromstring(_LIST.format(issued=issued, next=following, services="".join(services)))
    template = xmlsec.template.create(root, xmlsec.Transform.EXCL_C14N, xmlsec.Transform.RSA_SHA256)
    root.append(template)
    reference = xmlsec.template.add_reference(template, xmlsec.Transform.SHA256, uri="")
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(template))
    context = xmlsec.SignatureContext()
    pem = signer.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    context.key = xmlsec.Key.from_memory(pem, xmlsec.KeyFormat.PEM)
    context.key.load_cert_from_memory(signer.certificate.to_pem(), xmlsec.KeyFormat.PEM)
    context.sign(template)
    return etree.tostring(root)


# --- inside its process -----------------------------------------------------------------------------------------------


def _started(cache: Path, urls: Mapping[str, str]) -> object:
    from pydigidoc import digidoc

    configuration = digidoc.DigiDocConf(str(cache))
    if urls:
        configuration.set_tsurl(urls["tsa"])
        configuration.set_ocspurls(digidoc.StringMap({name: url for name, url in urls.items() if name != "tsa"}))
    configuration.set_tslcert((cache / "signer.der").read_bytes())
    configuration.set_tslurl("http://127.0.0.1:9/tl.xml")  # it takes the file of that name from its cache
    digidoc.Conf.init(configuration.transfer())
    digidoc.initialize("tests")
    return digidoc


def _opinion(digidoc: object, path: str) -> dict[str, object]:
    try:
        container = digidoc.Container.open(path)  # type: ignore[attr-defined]
    except Exception as error:  # noqa: BLE001 - its binding raises what it likes
        return {"signatures": 0, "complaints": [f"cannot be opened: {error}"], "signers": []}
    complaints, signers = [], []
    for signature in container.signatures():
        signers.append(signature.signed_by())
        try:
            signature.validate(UNQUALIFIED)
        except Exception as error:  # noqa: BLE001
            complaints.append(str(error))
    return {"signatures": len(signers), "complaints": complaints, "signers": signers}


def _signed(digidoc: object, ask: Mapping[str, object]) -> dict[str, object]:
    container = digidoc.Container.create(ask["target"])  # type: ignore[attr-defined]
    for path in ask["files"]:  # type: ignore[attr-defined]
        container.add_data_file(path, "application/pdf" if path.endswith(".pdf") else "text/plain")
    signer = digidoc.PKCS12Signer(ask["key"], "password")  # type: ignore[attr-defined]
    signer.set_profile("time-stamp")
    container.sign(signer)
    container.save()
    return {}


def main() -> None:
    """Answer the question on standard input, on the last line of standard output."""
    ask = json.load(sys.stdin)
    digidoc = _started(Path(sys.argv[1]), ask.get("urls", {}))
    answer = (
        _signed(digidoc, ask) if ask["action"] == "sign" else {path: _opinion(digidoc, path) for path in ask["files"]}
    )
    sys.stdout.write("\n" + json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
