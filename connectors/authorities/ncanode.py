"""NCANode v3 over HTTP: the service that signs with keys of НУЦ РК and knows their GOST algorithms.

It is believed for the mathematics and for what authorities say, not for what was signed: it takes the first Signature
of a message and never asks whether that covers the Body. So everything that it gives or judges is read strictly here
first, and it must name the signers that stand there. Keys and passwords go to it, and into no log or text of ours.
"""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
from cryptography import x509

from connectors.authorities.ncanodeform import CmsSigned, CmsVerification, NcaNodeCertificate, Verification, XmlSigned
from connectors.authorities.ncanodetalk import NcaNodeClient
from contracts import xmlsafe
from signing.errors import KeyUnusable, OrderRefused
from signing.keys.files import Password, read_secret
from signing.profile.body_only import parse_unsigned, read_body_signature
from signing.service import Opinion, SignatureAnswer
from signing.timestamps.cms_signature import read_cms
from signing.trust.subject import KeyUse
from signing.xades.document import canonical_document, read_document_signatures

# Asked for at every judgement: left out, NCANode checks no revocation at all and calls a revoked certificate valid.
REVOCATION: Final = ("OCSP",)
WITHOUT_REVOCATION: Final = ()
OTHER_BYTES: Final = Opinion(SignatureAnswer.FAILS, detail="the signature is not over these bytes")


@dataclass(frozen=True, slots=True)
class NcaNodeKey:
    """A key store as it is sent with each order to sign: NCANode keeps none."""

    store: bytes = field(repr=False)  # PKCS#12
    password: str = field(repr=False)
    alias: str | None = None  # None: its first key

    @classmethod
    def load(cls, path: Path, password: Password, alias: str | None = None) -> NcaNodeKey:
        """Raises ``KeyUnusable`` for files that others may read."""
        secret = password.read()
        if secret is None:
            raise KeyUnusable(f"key store {path}: name its password file in the settings")
        return cls(read_secret(path, "key store"), secret.decode(), alias)

    def form(self) -> dict[str, Any]:
        """SignerRequest."""
        key = {"key": base64.b64encode(self.store).decode(), "password": self.password}
        return key | ({"keyAlias": self.alias} if self.alias else {})


class NcaNode:
    """A ``SignatureService``. ``key``: None for a service that is only asked to judge; ``now``: the time, UTC."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        *,
        key: NcaNodeKey | None,
        now: Callable[[], datetime],
        within: timedelta = timedelta(seconds=20),
    ) -> None:
        self._talk, self._key, self._now = NcaNodeClient(session, url, within), key, now

    async def sign_body(self, envelope: bytes) -> bytes:
        content = xmlsafe.canonical(parse_unsigned(envelope)[-1][0])
        request = {"xml": _text(envelope), "trimXml": False} | self._signer()
        signed = (await self._talk.post("/wsse/sign", request, XmlSigned)).xml.encode()
        with _its_fault():
            read = read_body_signature(signed)  # the Signature is over *the* Body, and alone
            if xmlsafe.canonical(read.body[0]) != content or read.has_right_digest is False:
                raise OrderRefused("the Body is not the one that it was to sign")
        self._require_in_force([read.certificate])
        return signed

    async def judge_body(self, envelope: bytes) -> Opinion:
        read = read_body_signature(envelope)
        if read.has_right_digest is False:
            return OTHER_BYTES
        request = {"xml": _text(envelope)}
        return await self._judged("/wsse/verify", request, Verification, [read.certificate])

    async def sign_document(self, document: bytes) -> bytes:
        before = canonical_document(document)
        request = {
            "xml": _text(document),
            "signers": [self._signer()],
            "clearSignatures": False,  # those who signed before us stay
            "trimXml": False,
        }
        signed = (await self._talk.post("/xml/sign", request, XmlSigned)).xml.encode()
        with _its_fault():
            latest = read_document_signatures(signed)[0]
            if latest.signed != before or latest.has_right_digest is False:
                raise OrderRefused("the document is not the one that it was to sign")
        self._require_in_force([latest.certificate])
        return signed

    async def judge_document(self, document: bytes) -> Opinion:
        signatures = read_document_signatures(document)
        if any(each.has_right_digest is False for each in signatures):
            return OTHER_BYTES
        certificates = [each.certificate for each in signatures]
        request = {"xml": _text(document)}
        return await self._judged("/xml/verify", request, Verification, certificates, to_seal=True)

    async def sign_data(self, data: bytes) -> bytes:
        request = {"data": base64.b64encode(data).decode(), "signers": [self._signer()], "detached": True}
        request |= {"withTsp": False}
        signed = _decoded((await self._talk.post("/cms/sign", request, CmsSigned)).cms)
        with _its_fault():
            signers = read_cms(signed, data)
            if any(signer.has_right_digest is False for signer in signers):
                raise OrderRefused("the data are not those that it was to sign")
        self._require_in_force([signer.certificate for signer in signers])
        return signed

    async def judge_data(self, data: bytes, signature: bytes) -> Opinion:
        signers = read_cms(signature, data)
        if any(signer.has_right_digest is False for signer in signers):
            return OTHER_BYTES
        certificates = [signer.certificate for signer in signers]
        request = {"cms": base64.b64encode(signature).decode(), "data": base64.b64encode(data).decode()}
        return await self._judged("/cms/verify", request, CmsVerification, certificates, to_seal=True)

    async def describe(self, certificate: bytes) -> Opinion:
        request = {"certs": [base64.b64encode(certificate).decode()]}
        return await self._judged("/x509/info", request, Verification, [certificate])

    def _signer(self) -> dict[str, Any]:
        if self._key is None:
            raise KeyUnusable("no key is set for NCANode; name a key store and its password file in the settings")
        return self._key.form()

    async def _judged(
        self,
        path: str,
        request: dict[str, Any],
        kind: type[Verification] | type[CmsVerification],
        certificates: Iterable[bytes],
        *,
        to_seal: bool = False,
    ) -> Opinion:
        """``to_seal``: the signer must be one that may sign what stands for years (order № 1187, nonRepudiation)."""
        serials = Counter(_parsed(each).serial_number for each in certificates)
        response = await self._talk.post(path, request | {"revocationCheck": REVOCATION}, kind)
        if Counter(each.holder().serial for each in response.certificates) != serials:
            detail = "NCANode judged other certificates than those of the signatures"
            return Opinion(SignatureAnswer.FAILS, detail=detail)
        holders = tuple(each.holder() for each in response.certificates)
        if to_seal and any(holder.key_use is not KeyUse.SEALING for holder in holders):
            return Opinion(SignatureAnswer.FAILS, holders, "a certificate is not for signatures (no nonRepudiation)")
        if trouble := self._trouble(response.certificates):
            return Opinion(SignatureAnswer.FAILS, holders, trouble)
        if response.valid and all(each.revocation is each.revocation.GOOD for each in response.certificates):
            return Opinion(SignatureAnswer.HOLDS, holders)
        # Not valid: because the signature is wrong, or only because no authority answered? It does not say; ask apart.
        plain = await self._talk.post(path, request | {"revocationCheck": WITHOUT_REVOCATION}, kind)
        if plain.valid:
            return Opinion(SignatureAnswer.UNKNOWN, holders, "no authority said that a certificate is not revoked")
        return Opinion(SignatureAnswer.FAILS, holders, "the signature is wrong, or its issuer is unknown to NCANode")

    def _trouble(self, certificates: Iterable[NcaNodeCertificate]) -> str:
        now = self._now()
        for each in certificates:
            if each.revocation is each.revocation.REVOKED:
                return "a certificate is revoked"
            if not each.is_in_force(now):
                return "a certificate is out of validity"
        return ""

    def _require_in_force(self, certificates: Iterable[bytes]) -> None:
        """NCANode signs with an expired certificate without a word."""
        now = self._now()
        for each in map(_parsed, certificates):
            if not each.not_valid_before_utc <= now <= each.not_valid_after_utc:
                raise KeyUnusable("the certificate of the key that NCANode signed with is not in force")


@contextmanager
def _its_fault() -> Iterator[None]:
    """What NCANode gave is read as strictly as a stranger's; that it is no good is not the fault of who asked."""
    try:
        yield
    except OrderRefused as error:
        raise KeyUnusable(f"NCANode gave what it was not asked for: {error}") from error


def _text(document: bytes) -> str:
    try:
        return document.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise OrderRefused("the document: is not UTF-8") from error


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise KeyUnusable("NCANode gave a CMS that is no base64") from error


def _parsed(der: bytes) -> x509.Certificate:
    """Fields only: the library reads certificates whose GOST key it cannot use."""
    try:
        return x509.load_der_x509_certificate(der)
    except Exception as error:  # over hostile bytes the parser's errors are no closed set
        raise OrderRefused("a certificate in the signature is not readable") from error
