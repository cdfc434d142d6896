"""The byte form of our own envelopes: templates for the one who writes, one pattern for the one who reads.

Both are made of the same strings, so they cannot drift apart. Every part is written in exclusive C14N, so that the
bytes in place are the bytes that are signed, but for namespace declarations that the canonical form repeats on an
apex (``ds`` on SignedInfo, ``soapenv`` on Body).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from contracts.soap import DS, SOAP_12, SOAP_ENV, WSSE, WSU, SoapVersion
from signing.keys.keypair import SignatureAlgorithm
from signing.profile.policy import BASE64_BINARY, EXC_C14N, SHA256_URI, SIGNATURE_METHODS, X509_V3

TIMESTAMP_ID: Final = b"timestamp"
TOKEN_ID: Final = b"token"
BODY_ID: Final = re.compile(rb"[A-Za-z_][A-Za-z0-9_.-]*")

# --- templates: each %b is one hole ---------------------------------------------------------------------------------

ENVELOPE_OPEN: Final = (
    f'<soapenv:Envelope xmlns:soapenv="{SOAP_ENV}"><soapenv:Header>'
    f'<wsse:Security xmlns:wsse="{WSSE}" soapenv:mustUnderstand="1">'
).encode()
ENVELOPE_OPEN_12: Final = ENVELOPE_OPEN.replace(SOAP_ENV.encode(), SOAP_12.encode())
# Inside Security nothing above declares ``wsu``, so this is canonical both in place and apart.
TIMESTAMP: Final = (
    f'<wsu:Timestamp xmlns:wsu="{WSU}" wsu:Id="timestamp">'
    "<wsu:Created>%b</wsu:Created><wsu:Expires>%b</wsu:Expires></wsu:Timestamp>"
).encode()
TOKEN: Final = (
    f'<wsse:BinarySecurityToken xmlns:wsu="{WSU}" EncodingType="{BASE64_BINARY}" ValueType="{X509_V3}"'
    ' wsu:Id="token">%b</wsse:BinarySecurityToken>'
).encode()
SIGNATURE_OPEN: Final = f'<ds:Signature xmlns:ds="{DS}">'.encode()
SIGNED_INFO: Final = (
    f'<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{EXC_C14N}"></ds:CanonicalizationMethod>'
    '<ds:SignatureMethod Algorithm="%b"></ds:SignatureMethod>'
    + "".join(
        f'<ds:Reference URI="#{target}"><ds:Transforms><ds:Transform Algorithm="{EXC_C14N}"></ds:Transform>'
        f'</ds:Transforms><ds:DigestMethod Algorithm="{SHA256_URI}"></ds:DigestMethod>'
        "<ds:DigestValue>%b</ds:DigestValue></ds:Reference>"
        for target in ("%b", "timestamp")
    )
    + "</ds:SignedInfo>"
).encode()
SIGNATURE_VALUE: Final = b"<ds:SignatureValue>%b</ds:SignatureValue><ds:KeyInfo><wsse:SecurityTokenReference>"
BY_TOKEN: Final = f'<wsse:Reference URI="#token" ValueType="{X509_V3}"></wsse:Reference>'.encode()
BY_KEY_IDENTIFIER: Final = (
    f'<wsse:KeyIdentifier EncodingType="{BASE64_BINARY}" ValueType="{X509_V3}">%b</wsse:KeyIdentifier>'
).encode()
BY_ISSUER_SERIAL: Final = (
    b"<ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>%b</ds:X509IssuerName>"
    b"<ds:X509SerialNumber>%b</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data>"
)
SECURITY_CLOSE: Final = b"</wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature></wsse:Security></soapenv:Header>"
BODY_OPEN: Final = f'<soapenv:Body xmlns:wsu="{WSU}" wsu:Id="%b">'.encode()
BODY_CLOSE: Final = b"</soapenv:Body>"
ENVELOPE_CLOSE: Final = b"</soapenv:Envelope>"

_BODY_OPEN_APART: Final = f'<soapenv:Body xmlns:soapenv="{SOAP_ENV}" xmlns:wsu="{WSU}" wsu:Id="%b">'.encode()
_SIGNED_INFO_OPEN: Final = b"<ds:SignedInfo>"
_SIGNED_INFO_OPEN_APART: Final = f'<ds:SignedInfo xmlns:ds="{DS}">'.encode()
_OUTER_PREFIXES: Final = (b"xmlns:soapenv=", b"xmlns:wsu=")  # declared on Body or above it
_FAULT_OPEN: Final = f'<soapenv:Fault xmlns:soapenv="{SOAP_ENV}">'.encode()


def signed_info_apart(signed_info: bytes) -> bytes:
    """SignedInfo in exclusive C14N: as an apex it declares ``ds`` itself."""
    return _SIGNED_INFO_OPEN_APART + signed_info.removeprefix(_SIGNED_INFO_OPEN)


def body_apart(body_id: bytes, content: bytes) -> bytes | None:
    """Body in exclusive C14N around ``content``, which must be canonical; None where a canonicaliser has to say.

    Content that declares our outer prefixes loses those declarations in the canonical form, because Body has made
    them already. Every fault does so on its root, and only there; for anything odder see a real canonicaliser.
    """
    opening = _BODY_OPEN_APART % body_id
    if not _declares_outer_prefix(content):
        return opening + content + BODY_CLOSE
    if content.startswith(_FAULT_OPEN) and not _declares_outer_prefix(rest := content[len(_FAULT_OPEN) :]):
        return opening + b"<soapenv:Fault>" + rest + BODY_CLOSE
    return None


def body_apart_unsettled(body_id: bytes, content: bytes, version: SoapVersion = SoapVersion.V11) -> bytes:
    """A Body with all that its apex declares, but around ``content`` not yet in canonical form."""
    opening = (_BODY_OPEN_APART % body_id).replace(SOAP_ENV.encode(), version.value.encode())
    return opening + content + BODY_CLOSE


def up_to_the_last_attribute(content: bytes) -> bytes:
    """Canonical bytes without their end, where no attribute and no declaration can be: each ends in a quote."""
    return content[: content.rfind(b'"') + 1]


def _declares_outer_prefix(content: bytes) -> bool:
    marked = up_to_the_last_attribute(content)
    return any(prefix in marked for prefix in _OUTER_PREFIXES)


# --- the pattern ----------------------------------------------------------------------------------------------------


class OwnForm(NamedTuple):  # made for every message: a frozen dataclass takes three times as long
    """An envelope in our byte form, cut at its holes; ``certificate``, ``issuer_serial``: one of them. Nothing proven.

    ``content`` is whatever stands between Body's tags; whether it is one element in canonical form is not said here.
    """

    created: str
    expires: str
    timestamp: bytes  # canonical, in place as apart
    algorithm: SignatureAlgorithm
    signed_info: bytes  # in place
    body_reference: bytes
    body_digest: bytes  # base64, as are the next three
    timestamp_digest: bytes
    signature_value: bytes
    certificate: bytes | None
    issuer_serial: tuple[str, int] | None
    body_id: bytes
    content: bytes


def _pattern(template: bytes, *holes: bytes) -> bytes:
    return re.escape(template) % holes


_METHODS: Final = {uri.encode(): algorithm for algorithm, uri in SIGNATURE_METHODS.items()}
_INSTANT: Final = rb"[0-9T:.Z+-]{1,40}"
_BASE64: Final = rb"[A-Za-z0-9+/]*={0,2}"
_DIGEST: Final = rb"[A-Za-z0-9+/]{43}="
_PLAIN_TEXT: Final = rb"[^<>&\r]*"  # text whose bytes say what they mean: no reference, no line end to be normalised
_HEAD: Final = re.compile(
    b"".join(
        (
            _pattern(ENVELOPE_OPEN),
            b"(?P<timestamp>%b)" % _pattern(TIMESTAMP, b"(?P<created>%b)" % _INSTANT, b"(?P<expires>%b)" % _INSTANT),
            b"(?:%b)?" % _pattern(TOKEN, b"(?P<token>%b)" % _BASE64),
            _pattern(SIGNATURE_OPEN),
            b"(?P<signed_info>%b)"
            % _pattern(
                SIGNED_INFO,
                b"(?P<method>%b)" % b"|".join(map(re.escape, _METHODS)),
                b"(?P<body_reference>%b)" % BODY_ID.pattern,
                b"(?P<body_digest>%b)" % _DIGEST,
                b"(?P<timestamp_digest>%b)" % _DIGEST,
            ),
            _pattern(SIGNATURE_VALUE, b"(?P<value>%b)" % _BASE64),
            b"(?(token)%b|(?:%b|%b))"
            % (
                _pattern(BY_TOKEN),
                _pattern(BY_KEY_IDENTIFIER, b"(?P<identifier>%b)" % _BASE64),
                _pattern(BY_ISSUER_SERIAL, b"(?P<issuer>%b)" % _PLAIN_TEXT, b"(?P<serial>[0-9]{1,50})"),
            ),
            _pattern(SECURITY_CLOSE),
            _pattern(BODY_OPEN, b"(?P<body_id>%b)" % BODY_ID.pattern),
        )
    )
)
_TAIL: Final = BODY_CLOSE + ENVELOPE_CLOSE


def recognise(data: bytes) -> OwnForm | None:
    """Cut a whole message, well-formed UTF-8, at the holes of our form; None when it is written otherwise."""
    head = _HEAD.match(data)
    if head is None or not data.endswith(_TAIL, head.end()):
        return None
    return OwnForm(
        head["created"].decode(),
        head["expires"].decode(),
        head["timestamp"],
        _METHODS[head["method"]],
        head["signed_info"],
        head["body_reference"],
        head["body_digest"],
        head["timestamp_digest"],
        head["value"],
        head["identifier"] if head["token"] is None else head["token"],
        (head["issuer"].decode().strip(), int(head["serial"])) if head["serial"] else None,
        head["body_id"],
        data[head.end() : -len(_TAIL)],
    )
