"""Asking certification authorities: OCSP by POST (RFC 6960 appendix A.1), else a CRL by GET.

Whom to ask stands in the certificate (authorityInfoAccess, cRLDistributionPoints) or in the settings, which then
count instead. The first answer that decides ends the round. A list is fetched once for all certificates it is about,
and again when its next one is due.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import aiohttp
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from connectors.authorities.transport import AuthoritySilent, fetch
from connectors.ports.clock import Clock
from signing.keys.keypair import Certificate
from signing.trust.answer import AnswerSource, Inquiry, NoAnswer, RevocationAnswer, RevocationStatus
from signing.trust.extensions import extension_of, parsed
from signing.trust.ocsp import build_request, require_current
from signing.trust.revocation import RevocationValues, judge_revocation

REQUEST_TYPE: Final = "application/ocsp-request"
RESPONSE_TYPE: Final = "application/ocsp-response"
RESPONSE_LIMIT_BYTES: Final = 64 * 1024  # a response with the responder's certificate has some 3 kB
LIST_LIMIT_BYTES: Final = 64 * 1024 * 1024  # national lists grow to tens of megabytes
LIST_KEPT: Final = timedelta(minutes=10)  # a list that is published early is seen at the latest then
MOST_PLACES: Final = 4  # of one certificate: whoever issued it shall not send us around


@dataclass(frozen=True, slots=True)
class Places:
    """Whom to ask about every certificate; empty: whom its own certificate names."""

    ocsp: tuple[str, ...] = ()
    crl: tuple[str, ...] = ()

    def of(self, certificate: Certificate) -> Places:
        """Whom to ask about this one: http and https only, nothing that could be a file or a directory."""
        named = places_named_by(certificate)
        return Places(self.ocsp or named.ocsp, self.crl or named.crl)


def places_named_by(certificate: Certificate) -> Places:
    """The http and https addresses in the certificate, in its order; at most ``MOST_PLACES`` of each."""
    try:
        extensions = parsed(certificate).extensions
        access = extension_of(extensions, x509.AuthorityInformationAccess) or ()
        points = extension_of(extensions, x509.CRLDistributionPoints) or ()
    except ValueError:
        return Places()
    ocsp = [one.access_location for one in access if one.access_method == AuthorityInformationAccessOID.OCSP]
    lists = [name for point in points for name in point.full_name or ()]
    return Places(tuple(_urls(ocsp)), tuple(_urls(lists)))


def _urls(names: Sequence[x509.GeneralName]) -> Iterator[str]:
    found = [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]
    yield from [url for url in found if url.startswith(("http://", "https://"))][:MOST_PLACES]


@dataclass(slots=True)
class HttpRevocationAuthorities:
    """Asks; holds nothing but lists that are still current. ``within`` bounds each single question.

    ``nonce``: 16 fresh random bytes; ``nonce_must_repeat``: a response from a stock, without our nonce, is none.
    """

    session: aiohttp.ClientSession
    places: Places
    within: timedelta
    clock: Clock
    nonce: Callable[[], bytes]
    nonce_must_repeat: bool = False
    _lists: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)

    async def query(self, certificate: Certificate, issuer: Certificate) -> Inquiry:
        """Never raises for what authorities or the network do."""
        places, troubles = self.places.of(certificate), list[str]()
        for source, urls in ((AnswerSource.OCSP, places.ocsp), (AnswerSource.CRL, places.crl)):
            for url in urls:
                try:
                    answer = RevocationAnswer(source, url, await self._fetched(source, url, certificate, issuer))
                    await asyncio.to_thread(_require_telling, answer, certificate, issuer, self.clock.now())
                except (AuthoritySilent, NoAnswer) as trouble:
                    self._lists.pop(url, None)
                    troubles.append(f"{url}: {trouble}")
                else:
                    return Inquiry(answer, tuple(troubles))
        if not troubles:
            return Inquiry(None, ("the certificate names nobody to ask, nor do the settings",), was_sent=False)
        return Inquiry(None, tuple(troubles))

    async def _fetched(self, source: AnswerSource, url: str, certificate: Certificate, issuer: Certificate) -> bytes:
        if source is AnswerSource.CRL:
            return await self._list(url)
        nonce = self.nonce()
        response = await fetch(
            self.session,
            url,
            question=build_request(certificate, issuer, nonce=nonce),
            question_type=REQUEST_TYPE,
            answer_types=(RESPONSE_TYPE,),
            limit_bytes=RESPONSE_LIMIT_BYTES,
            within=self.within,
        )
        require_current(response, nonce=nonce, must_repeat=self.nonce_must_repeat)
        return response

    async def _list(self, url: str) -> bytes:
        now = self.clock.now()
        held = self._lists.get(url)
        if held is not None and now < held[1]:
            return held[0]
        der = await fetch(self.session, url, limit_bytes=LIST_LIMIT_BYTES, within=self.within)
        self._lists[url] = (der, now + LIST_KEPT)
        return der


def _require_telling(answer: RevocationAnswer, certificate: Certificate, issuer: Certificate, now: datetime) -> None:
    """Raises ``NoAnswer`` when the next place has to be asked. In a thread: lists may be large."""
    values = (
        RevocationValues((answer.der,)) if answer.source is AnswerSource.OCSP else RevocationValues(crls=(answer.der,))
    )
    judged = judge_revocation(certificate, issuer, values, at=now)
    if judged.status is RevocationStatus.UNKNOWN:
        raise NoAnswer(judged.detail)
