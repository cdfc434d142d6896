"""Whether the citizen's own signature holds: right over the text, of a certificate that counts, and of that person.

It is asked of a ``SignatureService`` off the message path. The exchange takes an appeal whatever comes of it: what a
signature is worth is for the court to say, and nobody is turned away by a service that happens to be down.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from contracts import codec
from contracts.header import MessageId
from contracts.payloads import (
    AnswerCourt,
    Applicant,
    Disagree,
    ElectronicSignature,
    RegisterAppeal,
    Representative,
    SignatureFormat,
)
from dossier.case.record import KeptMessage
from signing.errors import OrderRefused
from signing.service import Holder, Opinion, SignatureAnswer, SignatureService
from signing.xades.document import signed_text

SOMEBODY_ELSE = "the certificate is neither the applicant's nor the representative's"
OTHER_TEXT = "the signed document holds another text than the message"


@dataclass(frozen=True, slots=True)
class SignedAct:
    """A message of the case in which the citizen speaks, with the signature that came with it, if one did."""

    message_id: MessageId
    action: str
    at: datetime
    text: str
    signature: ElectronicSignature | None


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who may have signed: the applicant, or whoever acts for them."""

    applicant: Applicant
    representative: Representative | None

    def is_named_by(self, holder: Holder) -> bool:
        """By number, never by name: a person's IIN, or the BIN of the organisation whoever in it signs."""
        numbers = {self.applicant.iin_bin, self.representative.iin if self.representative else None} - {None}
        return bool(numbers & {holder.iin, holder.bin})


def signed_acts(messages: Sequence[KeptMessage]) -> Iterator[SignedAct]:
    """What the citizen said under a text, in order: the appeal, every «I disagree», every answer to the court."""
    for message in messages:
        payload = codec.parse_operation(message.operation).payload if not message.outgoing else None
        if isinstance(payload, RegisterAppeal | Disagree | AnswerCourt):
            proof = payload.authentication
            signature = proof if isinstance(proof, ElectronicSignature) else None
            yield SignedAct(message.message_id, message.action.value, message.at, payload.text, signature)


async def judge_eds(
    signature: ElectronicSignature, text: str, signatory: Signatory, service: SignatureService
) -> Opinion:
    """Judge one signature over the UTF-8 bytes of ``text``. Raises what the service raises, but for bad bytes."""
    try:
        opinion = await _query_of(signature, text, service)
    except OrderRefused as refused:
        return Opinion(SignatureAnswer.FAILS, detail=str(refused))
    if opinion.verdict is not SignatureAnswer.FAILS and not all(map(signatory.is_named_by, opinion.holders)):
        return replace(opinion, verdict=SignatureAnswer.FAILS, detail=SOMEBODY_ELSE)
    return opinion


async def _query_of(signature: ElectronicSignature, text: str, service: SignatureService) -> Opinion:
    match signature.format:
        case SignatureFormat.CMS:
            return await service.judge_data(text.encode(), signature.value)
        case SignatureFormat.XADES:
            if signed_text(signature.value).strip() != text.strip():
                return Opinion(SignatureAnswer.FAILS, detail=OTHER_TEXT)
            return await service.judge_document(signature.value)
