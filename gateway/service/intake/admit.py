"""From bytes to an authenticated message: read, validate, verify, address. Pure; no effect whatever the outcome.

The order, and why: 1 read safely (nothing else may touch hostile bytes); 2 the operation belongs to this path;
3 the schema, on the tree as received, so that every violation has the sender's own line; 4 the signature; from here
on only the verified canonical bytes are used, or the element that verification found to be these very bytes; 5 the
header against signer, path and recipient (a signed message replayed elsewhere is refused); 6 the rules beside the
schema.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from contracts import codec, soap
from contracts.codes import Code
from contracts.errors import ContractError
from contracts.header import Header, Message
from contracts.operations import ADMITTED, NAMESPACE, OPERATIONS, Operation, Service
from contracts.party import PartyId
from contracts.validate import require_rules, validate_operation
from gateway.domain.registry.directory import Directory
from gateway.service.intake.refused import Authenticated, ClaimedIdentity, Refused
from signing.errors import SignatureRefused
from signing.profile.verification import ReadEnvelope, VerifiedEnvelope, verify_envelope


@dataclass(frozen=True, slots=True)
class AdmittedMessage:
    """Authenticated, valid and addressed to us. ``content``: the operation's verified canonical bytes."""

    service: Service
    operation: Operation
    message: Message
    content: bytes
    digest: str
    envelope: bytes

    @property
    def header(self) -> Header:
        return self.message.header


@dataclass(frozen=True, slots=True)
class AdmissionContext:
    """What admission needs to know of us."""

    me: PartyId
    skew: timedelta
    limit_bytes: int


def admit(
    envelope: bytes, service: Service, directory: Directory, admission: AdmissionContext, *, now: datetime
) -> AdmittedMessage:
    """Turn a request's bytes into a message that may be acted on. Raises Refused."""
    claimed = ClaimedIdentity()
    try:
        read = ReadEnvelope.of(envelope, limit_bytes=admission.limit_bytes)  # 1
        element = soap.operation_of(read.root)
        claimed = _claimed(element)
        operation = _operation_at(element, service)  # 2
        validate_operation(element)  # 3
        verified = verify_envelope(read, directory.pinned, now=now, skew=admission.skew)  # 4
        message = codec.parse_operation(verified.content if verified.element is None else verified.element)
        _require_addressed(message.header, verified, operation, service, directory, admission.me)  # 5
        require_rules(message.payload)  # 6
    except ContractError as broken:
        raise Refused(
            broken.code, broken.detail, violations=broken.violations, claimed=claimed, fault=broken.fault
        ) from broken
    except SignatureRefused as broken:
        code = _signer_code(broken, claimed, directory)
        raise Refused(code, broken.detail, claimed=claimed, troubles=broken.troubles, fault=broken.fault) from broken
    except Refused as refused:
        refused.claimed = claimed
        raise
    return AdmittedMessage(service, operation, message, verified.content, verified.digest, envelope)


def authenticated(
    refused: Refused, envelope: bytes, directory: Directory, admission: AdmissionContext, *, now: datetime
) -> Authenticated | None:
    """Whose signature a refused request carries, whatever it was refused for; None for a stranger's.

    ``admit`` stops at the first thing that is wrong, often before the signature. What we answer to a party that
    proved who it is is kept as evidence, what we answer to strangers is not.
    """
    if isinstance(refused.__cause__, SignatureRefused):
        return None  # it was looked at and does not hold; a stranger shall not make us look twice
    try:
        read = ReadEnvelope.of(envelope, limit_bytes=admission.limit_bytes)
        verified = verify_envelope(read, directory.pinned, now=now, skew=admission.skew)
    except (ContractError, SignatureRefused):
        return None
    return Authenticated(PartyId(verified.owner), verified.digest)


def _claimed(element: etree._Element) -> ClaimedIdentity:
    header = element.find(f"{{{NAMESPACE}}}header")
    if header is None:
        return ClaimedIdentity()
    sender, message_id = (header.findtext(f"{{{NAMESPACE}}}{name}") for name in ("sender", "messageId"))
    return ClaimedIdentity(sender[:64] if sender else None, message_id[:64] if message_id else None)


def _operation_at(element: etree._Element, service: Service) -> Operation:
    name = etree.QName(element)
    if name.namespace != NAMESPACE:
        raise Refused(Code.WRONG_NAMESPACE, f"namespace is {name.namespace!r}, this contract's is {NAMESPACE!r}")
    if (operation := OPERATIONS[service].get(name.localname)) is not None:
        return operation
    if any(name.localname in operations for operations in OPERATIONS.values()):
        raise Refused(Code.WRONG_PATH, f"{name.localname} is not an operation of the {service.value} service")
    raise Refused(Code.UNKNOWN_OPERATION, f"no operation {name.localname} in this contract")


def _require_addressed(
    header: Header,
    verified: VerifiedEnvelope,
    operation: Operation,
    service: Service,
    directory: Directory,
    me: PartyId,
) -> None:
    sender = directory.parties.get(header.sender)
    if sender is None:
        raise Refused(Code.UNKNOWN_PARTY, f"no party {header.sender!r} on this exchange")
    if verified.owner != header.sender:
        raise Refused(Code.WRONG_SIGNER, f"signed by {verified.owner!r}, sender says {header.sender!r}")
    if header.recipient != me:
        raise Refused(Code.WRONG_RECIPIENT, f"addressed to {header.recipient!r}, this is {me!r}")
    if header.action.value != operation.name:
        raise Refused(Code.WRONG_PATH, f"the header's action is {header.action.value}, the operation {operation.name}")
    if sender.role not in ADMITTED[service]:
        raise Refused(Code.NOT_PERMITTED, f"role {sender.role.value} may not call the {service.value} service")


def _signer_code(refused: SignatureRefused, claimed: ClaimedIdentity, directory: Directory) -> Code:
    """A stranger's name is the better news than a stranger's certificate; the effect, none, is the same."""
    stranger = claimed.sender is not None and PartyId(claimed.sender) not in directory.parties
    return Code.UNKNOWN_PARTY if refused.code is Code.UNKNOWN_SIGNER and stranger else refused.code
