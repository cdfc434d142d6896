"""The SOAP 1.1 frame: where the Body stands, and faults in both directions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from contracts import codec, remedies
from contracts.codes import Code, Disposition, Fault
from contracts.errors import NotReadable, NotValid, Violation
from contracts.header import MessageId
from contracts.operations import NAMESPACE
from contracts.party import LocalText
from contracts.remedies import FoundTrouble
from contracts.scalars import escape
from contracts.texts import text_of

SOAP_ENV: Final = "http://schemas.xmlsoap.org/soap/envelope/"
WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
DS: Final = "http://www.w3.org/2000/09/xmldsig#"

_ENVELOPE, _HEADER, _BODY, _FAULT = (f"{{{SOAP_ENV}}}{name}" for name in ("Envelope", "Header", "Body", "Fault"))
_SOAP_12_ENVELOPE: Final = "{http://www.w3.org/2003/05/soap-envelope}Envelope"
_MAX_DETAIL: Final = 2_000
_MAX_TEXT: Final = 20_000


# --- the frame ------------------------------------------------------------------------------------------------------


def body_of(root: etree._Element) -> etree._Element:
    """The Body *at its place*: Envelope, at most one Header, then exactly one Body and nothing else.

    Looking it up by name or by Id instead is what makes signature wrapping possible.
    """
    if root.tag == _SOAP_12_ENVELOPE:
        raise NotReadable(Code.NOT_SOAP, "this is SOAP 1.2; the exchange speaks SOAP 1.1")
    if root.tag != _ENVELOPE:
        raise NotReadable(Code.NOT_SOAP, f"the root is {root.tag}, not a SOAP 1.1 Envelope")
    if [child.tag for child in root] not in ([_BODY], [_HEADER, _BODY]) or _has_text(root):
        raise NotReadable(Code.NOT_SOAP, "an Envelope holds at most one Header, then one Body, and nothing else")
    return root[-1]


def operation_of(root: etree._Element) -> etree._Element:
    """The only child of the Body at its place: an operation, an answer or a Fault."""
    body = body_of(root)
    if len(body) != 1 or _has_text(body):
        raise NotReadable(Code.NOT_SOAP, f"the Body holds {len(body)} elements; it must hold one and no text")
    return body[0]


def _has_text(element: etree._Element) -> bool:
    return any((text or "").strip() for text in (element.text, *(child.tail for child in element)))


# --- faults ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ExchangeFault:
    """The element ``ExchangeFault`` of the contract, field for field."""

    code: Code
    disposition: Disposition
    text: LocalText
    detail: str
    message_id: MessageId | None = None
    retry_after_seconds: int | None = None
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class FaultInfo:
    """A fault as received. Of a foreign fault only ``fault``, ``detail`` and English ``text`` are known.

    Whatever it says, an unsigned fault never ends a delivery.
    """

    fault: Fault
    code: Code | None
    disposition: Disposition | None
    text: LocalText
    detail: str
    message_id: MessageId | None = None
    retry_after_s: int | None = None
    violations: tuple[Violation, ...] = ()


def build_fault(
    code: Code,
    *,
    detail: str,
    violations: Sequence[Violation] = (),
    troubles: Sequence[FoundTrouble] = (),
    message_id: str | None = None,
    retry_after_s: int | None = None,
) -> bytes:
    """Canonical bytes of ``soapenv:Fault`` (SOAP 1.1 §4.4), ready to stand in a Body and be signed.

    ``detail`` is English and may quote what was received: characters that XML cannot carry are replaced. ``troubles``
    say in three languages what is wrong with the form, each with its cure; among the violations they have their place.
    """
    words = text_of(code)
    cures = remedies.words_of(troubles) or words.cure
    text = LocalText(
        *(f"{what} {_printable(cure, _MAX_TEXT)}" for what, cure in zip(_each(words.text), _each(cures), strict=True))
    )
    violations = (*violations, *remedies.violations_of(troubles))
    content = ExchangeFault(
        code,
        words.disposition,
        text,
        _printable(detail),
        MessageId(message_id) if message_id else None,
        retry_after_s,
        tuple(Violation(each.line, _printable(each.path), _printable(each.message) or "?") for each in violations),
    )
    return (
        f'<soapenv:Fault xmlns:soapenv="{SOAP_ENV}"><faultcode>soapenv:{words.fault.value}</faultcode>'
        f"<faultstring>{escape(words.text.en)}</faultstring>"
        f"<detail>{codec.encode('ExchangeFault', content)}</detail></soapenv:Fault>"
    ).encode()


def unsigned(fault: bytes) -> bytes:
    """An envelope around a fault for when nothing can be signed. It ends no delivery: whoever gets it comes again."""
    return (
        f'<soapenv:Envelope xmlns:soapenv="{SOAP_ENV}"><soapenv:Body>'.encode()
        + fault
        + b"</soapenv:Body></soapenv:Envelope>"
    )


def parse_fault(element: etree._Element) -> FaultInfo | None:
    """The fault that ``element`` is; None when it is none. A foreign or mangled fault still tells its words."""
    if element.tag != _FAULT:
        return None
    fault = Fault.CLIENT if _text(element, "faultcode").rpartition(":")[2].startswith("Client") else Fault.SERVER
    ours = element.find(f"detail/{{{NAMESPACE}}}ExchangeFault")
    if ours is not None:
        try:
            return _info(fault, codec.decode(ExchangeFault, ours))
        except NotValid:  # a later version of us, or somebody's imitation: read what every fault has
            pass
    words = _text(element, "faultstring") or "no faultstring"
    return FaultInfo(fault, None, None, LocalText(words, words, words), words)


def _info(fault: Fault, content: ExchangeFault) -> FaultInfo:
    return FaultInfo(
        fault,
        content.code,
        content.disposition,
        content.text,
        content.detail,
        content.message_id,
        content.retry_after_seconds,
        content.violations,
    )


def _text(element: etree._Element, name: str) -> str:
    return (element.findtext(name) or "").strip()[:_MAX_DETAIL]


def _each(text: LocalText) -> tuple[str, str, str]:
    return text.kk, text.ru, text.en


def _printable(text: str, limit: int = _MAX_DETAIL) -> str:
    return "".join(char if char.isprintable() or char in "\t\n" else "\ufffd" for char in text[:limit])
