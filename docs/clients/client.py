"""A body's client of the exchange, with zeep: ``python client.py URL PARTY KEY.pem CERT.pem EXCHANGE.pem``.

zeep makes the calls from the WSDL and signs them. What it does not do well is to verify: its plugin takes the first
element that bears an id, wherever it stands. ``verified`` below looks at Body and Timestamp at their places instead.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import xmlsec
import zeep
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree
from zeep.wsse.signature import BinarySignature
from zeep.wsse.utils import get_security_header

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
WSSE = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
WSU = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
PART = 4 * 1024 * 1024
SKEW = timedelta(minutes=5)


def canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True)


def only(parent: etree._Element, name: str) -> etree._Element:
    """The one child of this name, at its place and never found by searching."""
    found = parent.findall(name)
    if len(found) != 1:
        raise ValueError(f"not one {name} in {parent.tag}")
    return found[0]


def verified(root: etree._Element, exchange: x509.Certificate) -> etree._Element:
    """The operation, once the exchange's signature over its Body and a current Timestamp is proven."""
    security = only(only(root, f"{SOAP}Header"), f"{WSSE}Security")
    parts = only(root, f"{SOAP}Body"), only(security, f"{WSU}Timestamp")
    signature = only(security, f"{DS}Signature")
    info = only(signature, f"{DS}SignedInfo")
    if [each.get("Algorithm") for each in info.iter(f"{DS}CanonicalizationMethod", f"{DS}Transform")] != [C14N] * 3:
        raise ValueError("transformed otherwise than by exclusive C14N")
    references = {each.get("URI"): each.findtext(f"{DS}DigestValue") for each in info.findall(f"{DS}Reference")}
    expected = {f"#{part.get(f'{WSU}Id')}": digest_of(canonical(part)) for part in parts}
    if references != expected or len(info) != 4:
        raise ValueError("Body or Timestamp is not what was signed")
    value = base64.b64decode(only(signature, f"{DS}SignatureValue").text or "")
    exchange.public_key().verify(value, canonical(info), padding.PKCS1v15(), hashes.SHA256())
    created, expires = (datetime.fromisoformat(parts[1].findtext(f"{WSU}{name}")) for name in ("Created", "Expires"))
    if not created - SKEW <= datetime.now(UTC) <= expires + SKEW:
        raise ValueError("the Timestamp is not current")
    return parts[0][0]


def digest_of(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


class Security:
    """What zeep asks of a wsse plugin: sign what goes out, believe nothing that comes in unproven."""

    def __init__(self, key: str, certificate: str, exchange: x509.Certificate) -> None:
        methods = {"signature_method": xmlsec.Transform.RSA_SHA256, "digest_method": xmlsec.Transform.SHA256}
        self._signature = BinarySignature(key, certificate, **methods)  # its defaults are SHA-1
        self._exchange = exchange
        self.sent_digest = ""

    def apply(self, envelope: etree._Element, headers: dict) -> tuple[etree._Element, dict]:
        self.sent_digest = hashlib.sha256(canonical(envelope.find(f"{SOAP}Body")[0])).hexdigest()
        timestamp = etree.SubElement(get_security_header(envelope), f"{WSU}Timestamp")  # which the plugin signs, too
        now = datetime.now(UTC)
        for name, at in (("Created", now), ("Expires", now + timedelta(minutes=5))):
            etree.SubElement(timestamp, f"{WSU}{name}").text = f"{at:%Y-%m-%dT%H:%M:%SZ}"
        return self._signature.apply(envelope, headers)

    def verify(self, envelope: etree._Element) -> etree._Element:
        verified(envelope, self._exchange)
        return envelope


def main(url: str, party: str, key: str, certificate: str, exchange_file: str) -> None:
    exchange = x509.load_pem_x509_certificate(Path(exchange_file).read_bytes())
    security = Security(key, certificate, exchange)
    strict = zeep.Settings(forbid_dtd=True, forbid_external=False)  # the schema is imported from the exchange itself

    def client(service: str) -> zeep.Client:
        return zeep.Client(f"{url}/soap/v1/{service}?singleWsdl", wsse=security, settings=strict)

    def header(action: str) -> dict:
        return {
            "messageId": str(uuid.uuid4()),
            "sender": party,
            "recipient": "dalel",
            "action": action,
            "createdAt": datetime.now(UTC).isoformat(timespec="milliseconds"),
        }

    file, upload = b"x" * (PART + 1000), str(uuid.uuid4())
    pieces = [file[start : start + PART] for start in range(0, len(file), PART)]
    documents = client("documents").service
    for number, piece in enumerate(pieces, start=1):
        stored = documents.PutDocument(
            header=header("PutDocument"), uploadId=upload, part=number, parts=len(pieces), size=len(file),
            sha256=hashlib.sha256(file).hexdigest(), fileName="big.bin", mediaType="application/octet-stream",
            content=piece,
        )  # fmt: skip
        if stored.receipt.digest != security.sent_digest:
            raise ValueError("the receipt is for something else")

    agency = client("agency").service
    receipts = []
    for item in agency.FetchMessages(header=header("FetchMessages"), limit=20)["items"]:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        operation = verified(etree.fromstring(item.envelope, parser), exchange)
        # Store the message durably here, by its messageId; a known one gets the receipt that it got before.
        receipts.append(
            {
                "receipt": {
                    "messageId": item.messageId,
                    "digest": hashlib.sha256(canonical(operation)).hexdigest(),
                    "acceptedAt": datetime.now(UTC).isoformat(timespec="milliseconds"),
                }
            }
        )
    if receipts:
        agency.Acknowledge(header=header("Acknowledge"), _value_1=receipts)
    acknowledged = [each["receipt"]["messageId"] for each in receipts]
    print(json.dumps({"document": stored.documentId, "complete": stored.complete, "acknowledged": acknowledged}))


if __name__ == "__main__":
    main(*sys.argv[1:])
