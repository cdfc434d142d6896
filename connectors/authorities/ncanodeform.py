"""The answers of NCANode v3, field for field, as values; more fields than we read are no error."""

from __future__ import annotations

from datetime import datetime
from typing import Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from signing.errors import KeyUnavailable
from signing.service import Holder
from signing.trust.revocation import RevocationStatus
from signing.trust.subject import Capacity, KeyUse

# NCANode's words. AUTH and SIGN are told by keyUsage: SIGN has nonRepudiation.
_USES: Final = {"SIGN": KeyUse.SEALING, "AUTH": KeyUse.SIGNING}
_CAPACITIES: Final = {
    "INDIVIDUAL": Capacity.INDIVIDUAL,
    "ORGANIZATION": Capacity.ORGANISATION,
    "CEO": Capacity.FIRST_HEAD,
    "CAN_SIGN": Capacity.MAY_SIGN,
    "CAN_SIGN_FINANCIAL": Capacity.MAY_SIGN_FINANCIAL,
    "HR": Capacity.PERSONNEL,
    "EMPLOYEE": Capacity.EMPLOYEE,
}


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True)


class NcaNodeSubject(_Form):
    """CertificateSubject. NCANode's lastName is the patronymic, so names are taken from commonName alone."""

    common_name: str | None = Field(default=None, alias="commonName")
    organization: str | None = None
    iin: str | None = None
    bin: str | None = None


class NcaNodeRevocation(_Form):
    """One answer of an authority. ``revoked`` is false as well when the authority did not answer."""

    revoked: bool
    by: str | None = None
    revocation_time: datetime | None = Field(default=None, alias="revocationTime")


class NcaNodeCertificate(_Form):
    """CertificateInfo. ``valid``: in force, of a known issuer, and, where a check was asked for, told to be good."""

    valid: bool
    revocations: tuple[NcaNodeRevocation, ...] = ()
    not_before: datetime = Field(alias="notBefore")
    not_after: datetime = Field(alias="notAfter")
    key_usage: str = Field(default="UNKNOWN", alias="keyUsage")
    serial_number: str = Field(alias="serialNumber", pattern=r"^[0-9a-fA-F]{1,64}$")
    key_user: tuple[str, ...] | None = Field(default=None, alias="keyUser")
    subject: NcaNodeSubject | None = None

    @property
    def revocation(self) -> RevocationStatus:
        """«Not revoked» of a certificate that is not valid may mean that nobody could be asked: then it is unknown."""
        if any(each.revoked for each in self.revocations):
            return RevocationStatus.REVOKED
        return RevocationStatus.GOOD if self.valid and self.revocations else RevocationStatus.UNKNOWN

    def is_in_force(self, now: datetime) -> bool:
        return self.not_before <= now <= self.not_after

    def holder(self) -> Holder:
        """In our words."""
        subject = self.subject or NcaNodeSubject()
        revoked_at = next((each.revocation_time for each in self.revocations if each.revoked), None)
        return Holder(
            serial=int(self.serial_number, 16),
            common_name=subject.common_name,
            organisation=subject.organization,
            iin=subject.iin,
            bin=subject.bin,
            capacities=tuple(_CAPACITIES[word] for word in self.key_user or () if word in _CAPACITIES),
            key_use=_USES.get(self.key_usage, KeyUse.NEITHER),
            not_before=self.not_before,
            not_after=self.not_after,
            revocation=self.revocation,
            revoked_at=revoked_at,
        )


class Verification(_Form):
    """VerificationResponse. A signer is null where its certificate could not be read."""

    valid: bool
    signers: tuple[NcaNodeCertificate | None, ...] = ()

    @property
    def certificates(self) -> tuple[NcaNodeCertificate, ...]:
        return tuple(signer for signer in self.signers if signer is not None)


class NcaNodeCmsSigner(_Form):
    """One signer of a CMS; its own certificate is the first."""

    certificates: tuple[NcaNodeCertificate, ...] = ()


class CmsVerification(_Form):
    """Answer to /cms/verify."""

    valid: bool
    signers: tuple[NcaNodeCmsSigner, ...] = ()

    @property
    def certificates(self) -> tuple[NcaNodeCertificate, ...]:
        return tuple(signer.certificates[0] for signer in self.signers if signer.certificates)


class XmlSigned(_Form):
    """Answer to /xml/sign and /wsse/sign."""

    xml: str


class CmsSigned(_Form):
    """Answer to /cms/sign. ``cms``: base64."""

    cms: str


class NcaNodeRefusal(_Form):
    """Any error: the HTTP code again, and words."""

    status: int
    message: str | None = None


Answer = TypeVar("Answer", bound=_Form)


def read_answer(kind: type[Answer], body: bytes) -> Answer:
    """Raises ``KeyUnavailable`` for what is no answer of NCANode: a proxy's page, half an answer, another program."""
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        places = sorted({".".join(map(str, each["loc"])) or "(whole)" for each in error.errors(include_input=False)})
        # Not chained: the library's error quotes what was answered, which may be a citizen's document.
        raise KeyUnavailable(f"NCANode answered what is no {kind.__name__}: {', '.join(places[:5])}") from None
