"""The frame of SOAP 1.1 and 1.2: where the Body stands, and faults in both directions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
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
SOAP_12: Final = "http://www.w3.org/2003/05/soap-envelope"
WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
DS: Final = "http://www.w3.org/2000/09/xmldsig#"

_FAULTS: Final = frozenset({f"{{{SOAP_ENV}}}Fault", f"{{{SOAP_12}}}Fault"})
_START: Final = 2048  # bytes: the root's start tag, with some ten namespaces
_MAX_DETAIL: Final = 2_000
_OF_THE_SENDER: Final = ("Client", "Sender", "VersionMismatch", "MustUnderstand")
_MAX_TEXT: Final = 20_000


class SoapVersion(Enum):
    """By the namespace of its envelope. We write 1.1 of our own accord, and answer in that of the request."""

    V11 = SOAP_ENV
    V12 = SOAP_12

    @property
    def content_type(self) -> str:
        """With the character encoding."""
        media_type = "text/xml" if self is SoapVersion.V11 else "application/soap+xml"
        return f"{media_type}; charset=utf-8"


# --- the frame ------------------------------------------------------------------------------------------------------


def version_of(data: bytes) -> SoapVersion:
    """What a request seems to be written in, to answer it alike; of bytes that may be anything."""
    start = data[:_START]
    return SoapVersion.V12 if SOAP_12.encode() in start and SOAP_ENV.encode() not in start else SoapVersion.V11


def body_of(root: etree._Element) -> etree._Element:
    """The Body *at its place*: Envelope, at most one Header, then exactly one Body and nothing else.

    Looking it up by name or by Id instead is what makes signature wrapping possible. All three are of one version.
    """
    namespace, _, name = str(root.tag).removeprefix("{").rpartition("}")
    if name != "Envelope":
        raise NotReadable(Code.NOT_SOAP, f"the root is {root.tag}, not a SOAP Envelope")
    if namespace not in {SOAP_ENV, SOAP_12}:
        detail = f"the Envelope is of {namespace!r}; the exchange speaks SOAP 1.1 and 1.2"
        raise NotReadable(Code.NOT_SOAP, detail, fault=Fault.VERSION_MISMATCH)
    header, body = f"{{{namespace}}}Header", f"{{{namespace}}}Body"
    if [child.tag for child in root] not in ([body], [header, body]) or _has_text(root):
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
    version: SoapVersion = SoapVersion.V11,
    fault: Fault | None = None,
) -> bytes:
    """Canonical bytes of ``soapenv:Fault`` (SOAP 1.1 §4.4, 1.2 §5.4), ready to stand in a Body and be signed.

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
    inner = _fault_12 if version is SoapVersion.V12 else _fault_11
    inside = inner(fault or words.fault, words.text, codec.encode("ExchangeFault", content))
    return f'<soapenv:Fault xmlns:soapenv="{version.value}">{inside}</soapenv:Fault>'.encode()


def _fault_11(fault: Fault, text: LocalText, detail: str) -> str:
    return (
        f"<faultcode>soapenv:{fault.value}</faultcode><faultstring>{escape(text.en)}</faultstring>"
        f"<detail>{detail}</detail>"
    )


def _fault_12(fault: Fault, text: LocalText, detail: str) -> str:
    """SOAP 1.2 §5.4.6 calls the two culprits Sender and Receiver, and has the words in several languages."""
    value = {Fault.CLIENT: "Sender", Fault.SERVER: "Receiver"}.get(fault, fault.value)
    words = zip(("kk", "ru", "en"), _each(text), strict=True)
    reason = "".join(f'<soapenv:Text xml:lang="{name}">{escape(spoken)}</soapenv:Text>' for name, spoken in words)
    return (
        f"<soapenv:Code><soapenv:Value>soapenv:{value}</soapenv:Value></soapenv:Code>"
        f"<soapenv:Reason>{reason}</soapenv:Reason><soapenv:Detail>{detail}</soapenv:Detail>"
    )


def unsigned(fault: bytes, version: SoapVersion = SoapVersion.V11) -> bytes:
    """An envelope around a fault for when nothing can be signed. It ends no delivery: whoever gets it comes again."""
    return (
        f'<soapenv:Envelope xmlns:soapenv="{version.value}"><soapenv:Body>'.encode()
        + fault
        + b"</soapenv:Body></soapenv:Envelope>"
    )


def parse_fault(element: etree._Element) -> FaultInfo | None:
    """The fault that ``element`` is; None when it is none. A foreign or mangled fault still tells its words."""
    if element.tag not in _FAULTS:
        return None
    named = _text(element, "faultcode") or _text(element, f"{{{SOAP_12}}}Code/{{{SOAP_12}}}Value")
    fault = Fault.CLIENT if named.rpartition(":")[2].startswith(_OF_THE_SENDER) else Fault.SERVER
    ours = element.find(f"detail/{{{NAMESPACE}}}ExchangeFault")
    if ours is None:
        ours = element.find(f"{{{SOAP_12}}}Detail/{{{NAMESPACE}}}ExchangeFault")
    if ours is not None:
        try:
            return _info(fault, codec.decode(ExchangeFault, ours))
        except NotValid:  # a later version of us, or somebody's imitation: read what every fault has
            pass
    words = (
        _text(element, "faultstring") or _text(element, f"{{{SOAP_12}}}Reason/{{{SOAP_12}}}Text") or "no faultstring"
    )
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
