"""Stable codes of faults and error signals. A code never changes its meaning; texts may improve.

The texts in Kazakh, Russian and English, with cause and cure, stand in ``codes.toml`` beside this file.
"""

from __future__ import annotations

from enum import StrEnum


class Disposition(StrEnum):
    """What the sender should do with the message that met this code (after AS2's MDN disposition)."""

    RETRY = "retry"  # the same message again, later
    REJECT = "reject"  # the message is refused for good; mend it and send a new one
    PARK = "park"  # set aside until a person has looked


class Fault(StrEnum):
    """Whose fault (SOAP 1.1 §4.4.1). Each code is the one's or the other's; the last two are said of an envelope."""

    CLIENT = "Client"
    SERVER = "Server"
    VERSION_MISMATCH = "VersionMismatch"  # the sender's: an envelope of no version that is spoken here
    MUST_UNDERSTAND = "MustUnderstand"  # the sender's: a header block for us that nobody here understands


class Code(StrEnum):
    """Every code that a fault or an error signal of contract v1 may carry."""

    # reading
    NOT_XML = "NotXml"
    DOCTYPE_FORBIDDEN = "DoctypeForbidden"
    TOO_LARGE = "TooLarge"
    NOT_SOAP = "NotSoap"
    METHOD_NOT_ALLOWED = "MethodNotAllowed"
    UNSUPPORTED_MEDIA_TYPE = "UnsupportedMediaType"
    WRONG_NAMESPACE = "WrongNamespace"
    UNKNOWN_OPERATION = "UnknownOperation"
    OPERATION_NOT_OFFERED = "OperationNotOffered"
    SCHEMA_VIOLATION = "SchemaViolation"
    IDENTIFIER_INVALID = "IdentifierInvalid"
    # signature
    SIGNATURE_MISSING = "SignatureMissing"
    SIGNATURE_PROFILE = "SignatureProfile"
    SIGNATURE_INVALID = "SignatureInvalid"
    BODY_TAMPERED = "BodyTampered"
    UNKNOWN_SIGNER = "UnknownSigner"
    WRONG_SIGNER = "WrongSigner"
    CERTIFICATE_EXPIRED = "CertificateExpired"
    CERTIFICATE_REVOKED = "CertificateRevoked"
    CERTIFICATE_UNCHECKED = "CertificateUnchecked"
    TIMESTAMP_EXPIRED = "TimestampExpired"
    TIMESTAMP_IN_FUTURE = "TimestampInFuture"
    # addressing
    UNKNOWN_PARTY = "UnknownParty"
    WRONG_RECIPIENT = "WrongRecipient"
    WRONG_PATH = "WrongPath"
    NOT_PERMITTED = "NotPermitted"
    MESSAGE_ID_REUSED = "MessageIdReused"
    # the case
    UNKNOWN_CONVERSATION = "UnknownConversation"
    NOT_YOUR_APPEAL = "NotYourAppeal"
    WRONG_STATE = "WrongState"
    NO_COMPETENT_BODY = "NoCompetentBody"
    UNKNOWN_DELIVERY = "UnknownDelivery"
    DIGEST_MISMATCH = "DigestMismatch"
    DOSSIER_REFUSED = "DossierRefused"
    # documents
    DOCUMENT_ABSENT = "DocumentAbsent"
    DOCUMENT_NOT_GRANTED = "DocumentNotGranted"
    DOCUMENT_MISMATCH = "DocumentMismatch"
    DOCUMENT_TOO_LARGE = "DocumentTooLarge"
    PART_TOO_LARGE = "PartTooLarge"
    UPLOAD_MISMATCH = "UploadMismatch"
    UPLOADS_UNFINISHED = "UploadsUnfinished"
    # us
    SERVER_BUSY = "ServerBusy"
    INTERNAL = "Internal"
