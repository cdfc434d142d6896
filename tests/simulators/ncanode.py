"""NCANode v3 for tests: its paths, fields, words and habits over real HTTP, with real RSA signatures and certificates.

Two things are not real, on purpose. GOST signatures are opaque values that only this simulator can make and judge, in
messages with the true algorithm names; their certificates stay RSA. And OCSP is a dictionary that a test writes to.
Habits kept: /wsse/verify takes the first Signature and never asks what it covers; an authority that does not answer is
told as ``revoked: false`` of a certificate that is not valid; every trouble inside is a 500 with words.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterable
from datetime import datetime
from enum import Enum, auto
from typing import Any

from aiohttp import web
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PublicFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12, serialize_key_and_certificates
from lxml import etree

from contracts import xmlsafe
from contracts.soap import DS, WSSE
from signing.errors import SigningError
from signing.keys.keypair import Certificate, SoftwareKey
from signing.profile.body_only import decoded, sign_body
from signing.profile.policy import GOST_METHODS, SIGNATURE_METHODS
from signing.profile.raw_value import is_value_of
from signing.timestamps.cms_signature import CmsSigner, read_cms, sign_data, verify_signer
from signing.trust.subject import Capacity, read_subject
from signing.xades.document import DocumentSignature, read_document_signatures, sign_document

GOST_METHOD = "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34102015-gostr34112015-512"
GOST_OID = "1.2.398.3.10.1.1.2.3.2"
GOST_MARK = b"GOST:"
ALIAS = "key-1"
_SECRET = b"what makes an opaque GOST value"
_METHODS = {uri: algorithm for algorithm, uri in SIGNATURE_METHODS.items()}
_USERS = {
    Capacity.INDIVIDUAL: "INDIVIDUAL",
    Capacity.ORGANISATION: "ORGANIZATION",
    Capacity.FIRST_HEAD: "CEO",
    Capacity.MAY_SIGN: "CAN_SIGN",
    Capacity.MAY_SIGN_FINANCIAL: "CAN_SIGN_FINANCIAL",
    Capacity.PERSONNEL: "HR",
    Capacity.EMPLOYEE: "EMPLOYEE",
}


class NcaNodeBend(Enum):
    """What it can be told to do instead of answering."""

    SLOW = auto()
    FAIL = auto()
    TALK_RUBBISH = auto()
    ANSWER_HALF = auto()
    HANG_UP = auto()
    FLOOD = auto()
    LIE = auto()  # everything is valid
    NAME_ANOTHER = auto()  # tells of another certificate than that of the signature
    REWRITE = auto()  # changes what it signs


class KeyRefused(Exception):
    """NCANode's KeyException: a 400 with its words."""


def key_store(key: SoftwareKey, password: str, *, gost: bool = False) -> bytes:
    """A PKCS#12 as NCANode is sent it; ``gost``: marked for opaque signatures."""
    certificate = x509.load_der_x509_certificate(key.certificate.der)
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption

    encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    store = serialize_key_and_certificates(ALIAS.encode(), key.private_key, certificate, None, encryption)
    return GOST_MARK + store if gost else store


class NcaNodeSimulator:
    """One service. ``anchors``: the authorities it knows; ``now``: its clock."""

    def __init__(self, anchors: Iterable[Certificate], now: Callable[[], datetime]) -> None:
        self._anchors, self._now = tuple(anchors), now
        self.revoked: dict[int, datetime] = {}  # by serial number
        self.ocsp_answers = True
        self.bend: NcaNodeBend | None = None
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.other = self._anchors[0]

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        acts = {
            "/wsse/sign": self._wsse_sign,
            "/wsse/verify": self._wsse_verify,
            "/xml/sign": self._xml_sign,
            "/xml/verify": self._xml_verify,
            "/cms/sign": self._cms_sign,
            "/cms/verify": self._cms_verify,
            "/x509/info": self._x509_info,
            "/pkcs12/info": self._pkcs12_info,
            "/pkcs12/aliases": self._pkcs12_aliases,
        }
        for path, act in acts.items():
            app.router.add_post(path, self._handler(path, act))
        app.router.add_get("/actuator/health", self._health)
        return app

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "UP"})

    def _handler(self, path: str, act: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            body = await request.json()
            self.requests.append((path, body))
            bent = await self._bent(request)
            if bent is not None:
                return bent
            try:
                reported = {"status": 200, "message": "OK"} | act(body)
            except KeyRefused as refused:
                return _error(400, str(refused))
            except (SigningError, binascii.Error, ValueError, KeyError, TypeError) as trouble:
                return _error(400 if path == "/cms/verify" else 500, str(trouble))
            return web.json_response(reported)

        return handle

    async def _bent(self, request: web.Request) -> web.StreamResponse | None:
        match self.bend:
            case NcaNodeBend.SLOW:
                await asyncio.Event().wait()
            case NcaNodeBend.FAIL:
                return _error(500, "org.apache.xml.security is not initialized")
            case NcaNodeBend.TALK_RUBBISH:
                return web.Response(text="<html>It works!</html>", content_type="text/html")
            case NcaNodeBend.ANSWER_HALF:
                return web.json_response({"status": 200, "message": "OK"})
            case NcaNodeBend.HANG_UP:
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            case NcaNodeBend.FLOOD:
                return web.Response(body=b" " * (33 * 1024 * 1024), content_type="application/json")
        return None

    # --- signing ----------------------------------------------------------------------------------------------------

    def _wsse_sign(self, body: dict[str, Any]) -> dict[str, Any]:
        key, is_gost = self._key(body)
        signed = sign_body(self._perhaps_rewritten(body["xml"]), key, body_id="id-6f1c")
        return {"xml": (_made_gost(signed, WSSE) if is_gost else signed).decode()}

    def _xml_sign(self, body: dict[str, Any]) -> dict[str, Any]:
        document = self._perhaps_rewritten(body["xml"])
        for signer in body["signers"]:
            key, is_gost = self._key(signer)
            document = sign_document(document, key)
            document = _made_gost(document, None) if is_gost else document
        return {"xml": document.decode()}

    def _cms_sign(self, body: dict[str, Any]) -> dict[str, Any]:
        data = base64.b64decode(body["data"], validate=True)
        data = b"rewritten" if self.bend is NcaNodeBend.REWRITE else data
        (signer,) = body["signers"]
        key, is_gost = self._key(signer)
        signed = sign_data(data, key, at=self._now())
        return {"cms": base64.b64encode(_cms_made_gost(signed) if is_gost else signed).decode()}

    def _perhaps_rewritten(self, xml: str) -> bytes:
        return xml.replace("text>", "txt>").encode() if self.bend is NcaNodeBend.REWRITE else xml.encode()

    def _key(self, signer: dict[str, Any]) -> tuple[SoftwareKey, bool]:
        """Read a SignerRequest, with NCANode's words for what is wrong with it."""
        try:
            store = base64.b64decode(signer["key"], validate=True)
        except binascii.Error as error:
            raise KeyRefused("Key reading error: Invalid Base64 format. Key must be in valid Base64 format.") from error
        try:
            read = load_pkcs12(store.removeprefix(GOST_MARK), signer["password"].encode())
        except ValueError as error:
            raise KeyRefused("Key reading error: Password incorrect.") from error
        alias = signer.get("keyAlias")
        if alias is not None and alias != ALIAS:
            raise KeyRefused(f"Key reading error: Key does not have '{alias}' alias")
        assert read.cert is not None
        certificate = Certificate.from_der(read.cert.certificate.public_bytes(Encoding.DER))
        return SoftwareKey(read.key, certificate), store.startswith(GOST_MARK)  # type: ignore[arg-type]  # we made it

    # --- judging ----------------------------------------------------------------------------------------------------

    def _wsse_verify(self, body: dict[str, Any]) -> dict[str, Any]:
        """The first Signature and the first token reference of the whole message, whatever they cover."""
        root = xmlsafe.parse(body["xml"].encode())
        signature = next(root.iter(f"{{{DS}}}Signature"))
        certificate = Certificate.from_der(decoded(next(root.iter(f"{{{WSSE}}}KeyIdentifier"))))
        signed_info, value = signature[0], decoded(signature[1])
        target = signed_info[2].get("URI", "")[1:]
        part = next(
            each for each in root.iter() if target in {each.get(name) for name in each.attrib if name.endswith("Id")}
        )
        method, claimed = signed_info[1].get("Algorithm", ""), decoded(signed_info[2][2])
        is_right = _is_right(
            method, xmlsafe.canonical(part), claimed, xmlsafe.canonical(signed_info), value, certificate
        )
        return self._verdict(is_right, [certificate], body)

    def _xml_verify(self, body: dict[str, Any]) -> dict[str, Any]:
        signatures = read_document_signatures(body["xml"].encode())
        certificates = [Certificate.from_der(each.certificate) for each in signatures]
        pairs = zip(signatures, certificates, strict=True)
        return self._verdict(all(_document_is_right(*pair) for pair in pairs), certificates, body)

    def _cms_verify(self, body: dict[str, Any]) -> dict[str, Any]:
        data = base64.b64decode(body["data"])
        signers = read_cms(base64.b64decode(body["cms"]), data)
        certificates = [Certificate.from_der(each.certificate) for each in signers]
        is_right = all(_cms_is_right(*pair) for pair in zip(signers, certificates, strict=True))
        reported = self._verdict(is_right, certificates, body)
        return reported | {"signers": [{"certificates": [each]} for each in reported["signers"]]}

    def _x509_info(self, body: dict[str, Any]) -> dict[str, Any]:
        certificates = [Certificate.from_der(base64.b64decode(each)) for each in body["certs"]]
        return self._verdict(True, certificates, body)

    def _pkcs12_info(self, body: dict[str, Any]) -> dict[str, Any]:
        return self._verdict(True, [self._key(each)[0].certificate for each in body["keys"]], body)

    def _pkcs12_aliases(self, body: dict[str, Any]) -> dict[str, Any]:
        return {"aliases": [[ALIAS] for each in body["keys"] if self._key(each)]}

    def _verdict(self, is_right: bool, certificates: list[Certificate], body: dict[str, Any]) -> dict[str, Any]:
        check = "OCSP" in body.get("revocationCheck", ())
        if self.bend is NcaNodeBend.NAME_ANOTHER:
            certificates = [self.other] * len(certificates)
        reported = [self._info(each, check=check) for each in certificates]
        valid = is_right and all(each["valid"] for each in reported)
        if self.bend is NcaNodeBend.LIE:
            valid = True
            reported = [each | {"valid": True} for each in reported]
        return {"valid": valid, "signers": reported}

    def _info(self, certificate: Certificate, *, check: bool) -> dict[str, Any]:
        """CertificateInfo, with every field."""
        parsed, subject = x509.load_der_x509_certificate(certificate.der), read_subject(certificate)
        usage = parsed.extensions.get_extension_for_class(x509.KeyUsage).value
        is_good = not check or (self.ocsp_answers and certificate.serial not in self.revoked)
        public = parsed.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return {
            "valid": certificate.is_in_force(self._now()) and self._is_issued(parsed) and is_good,
            "revocations": [self._revocation(certificate)] if check else [],
            "notBefore": _instant(certificate.not_before),
            "notAfter": _instant(certificate.not_after),
            "keyUsage": "SIGN" if usage.content_commitment else "AUTH" if usage.key_encipherment else "UNKNOWN",
            "serialNumber": f"{certificate.serial:x}",
            "signAlg": "SHA256WITHRSA",
            "keyUser": [_USERS[capacity] for capacity in subject.capacities],
            "publicKey": base64.b64encode(public).decode(),
            "signature": base64.b64encode(parsed.signature).decode(),
            "subject": _subject(parsed.subject),
            "issuer": _subject(parsed.issuer),
        }

    def _revocation(self, certificate: Certificate) -> dict[str, Any]:
        at = self.revoked.get(certificate.serial) if self.ocsp_answers else None
        return {
            "revoked": at is not None,
            "by": "OCSP",
            "revocationTime": _instant(at) if at else None,
            "reason": "0" if at else None,
        }

    def _is_issued(self, certificate: x509.Certificate) -> bool:
        for anchor in self._anchors:
            try:
                certificate.verify_directly_issued_by(x509.load_der_x509_certificate(anchor.der))
            except Exception:  # noqa: BLE001 - any reason why it is not its issuer
                continue
            return True
        return False


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"status": status, "message": message, "details": None}, status=status)


def _instant(at: datetime) -> str:
    """As Jackson writes a java.util.Date."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}+00:00"


def _subject(name: x509.Name) -> dict[str, Any]:
    """CertificateSubject, with every field."""
    found = {attribute.rfc4514_attribute_name: str(attribute.value) for attribute in name}
    unit = found.get("OU", "")
    number = found.get("2.5.4.5", "")
    return {
        "commonName": found.get("CN"),
        "lastName": found.get("2.5.4.42"),  # the patronymic, so it is
        "surName": found.get("2.5.4.4"),
        "email": None,
        "organization": found.get("O"),
        "gender": "NONE",
        "iin": number.removeprefix("IIN") if number.startswith("IIN") else None,
        "bin": unit.removeprefix("BIN") if unit.startswith("BIN") else None,
        "country": found.get("C"),
        "locality": found.get("L"),
        "state": found.get("ST"),
        "dn": name.rfc4514_string(),
    }


# --- opaque GOST ------------------------------------------------------------------------------------------------------


def _opaque(data: bytes) -> bytes:
    return hmac.digest(_SECRET, data, "sha512")


def _made_gost(signed: bytes, header: str | None) -> bytes:
    """Put the names and opaque values of GOST into the youngest signature of an XML."""
    root = etree.fromstring(signed)
    signature = list(root.iter(f"{{{DS}}}Signature"))[-1] if header is None else next(root.iter(f"{{{DS}}}Signature"))
    signed_info = signature[0]
    signed_info[1].set("Algorithm", GOST_METHOD)
    signed_info[2][1].set("Algorithm", GOST_METHODS[GOST_METHOD])
    if header is None:
        part, canonical_info = read_document_signatures(etree.tostring(root))[0].signed, _inclusive
    else:
        part, canonical_info = xmlsafe.canonical(root[-1]), _exclusive
    signed_info[2][2].text = base64.b64encode(_opaque(part)).decode()
    signature[1].text = base64.b64encode(_opaque(canonical_info(root, signature))).decode()
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _inclusive(root: etree._Element, _: etree._Element) -> bytes:
    return read_document_signatures(etree.tostring(root))[0].signed_info


def _exclusive(_: etree._Element, signature: etree._Element) -> bytes:
    return xmlsafe.canonical(signature[0])


def _cms_made_gost(signed: bytes) -> bytes:
    info = cms.ContentInfo.load(signed)
    (signer,) = info["content"]["signer_infos"]
    (read,) = read_signers(signed)
    signer["signature_algorithm"] = {"algorithm": GOST_OID}
    signer["signature"] = _opaque(read)
    return bytes(info.dump(force=True))


def read_signers(signed: bytes) -> list[bytes]:
    info = cms.ContentInfo.load(signed)
    return [bytes(each["signed_attrs"].untag().dump(force=True)) for each in info["content"]["signer_infos"]]


def _is_right(
    method: str, part: bytes, digest: bytes, signed_info: bytes, value: bytes, certificate: Certificate
) -> bool:
    if method in GOST_METHODS:
        return digest == _opaque(part) and value == _opaque(signed_info)
    is_made = is_value_of(certificate, _METHODS[method], signed_info, value)
    return hashlib.sha256(part).digest() == digest and is_made


def _document_is_right(read: DocumentSignature, certificate: Certificate) -> bool:
    return _is_right(read.method, read.signed, read.digest, read.signed_info, read.value, certificate)


def _cms_is_right(signer: CmsSigner, certificate: Certificate) -> bool:
    if signer.is_gost:
        return signer.message_digest == signer.data_digest and signer.value == _opaque(signer.signed)
    return verify_signer(signer, certificate)
