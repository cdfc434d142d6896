"""What goes over the wire: descriptions, codes, a signed envelope of every request and answer, faults."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final

from tests.conformance.golden import product as our
from tests.conformance.golden.values import BARE_NOON, NOON, kinds_within, value_of

Pieces = Iterator[tuple[str, bytes]]

EXCHANGE: Final = our.PartyId("dalel")
CALLERS: Final = {
    our.PartyRole.PLATFORM: our.PartyId("eotinish"),
    our.PartyRole.AGENCY: our.PartyId("akimat-almaty"),
    our.PartyRole.COURT: our.PartyId("smas-almaty"),
    our.PartyRole.EXCHANGE: EXCHANGE,
}
ISSUED_AT: Final = BARE_NOON - timedelta(days=1)


def key_of(party: str) -> our.SoftwareKey:
    authority = our.SandboxAuthority.create("Golden CA", now=ISSUED_AT)
    return authority.issue(party, bin="050740004819", usage=our.Usage.MESSAGE, now=ISSUED_AT)


# --- descriptions ---------------------------------------------------------------------------------------------------


def descriptions() -> Pieces:
    """As they are served and shipped."""
    for service in our.Service:
        yield (
            f"contract/{service.value}.wsdl",
            our.wsdl_of(service, f"https://exchange.example/soap/v1/{service.value}"),
        )
    yield "contract/exchange.xsd", our.schema_bytes()
    yield "contract/dossier.xsd", our.DOSSIER_XSD.read_bytes()
    yield "contract/evidence.xsd", our.EVIDENCE_XSD.read_bytes()
    yield "contract/codes.json", _codes()


def _codes() -> bytes:
    """Every code with whose fault it is, what becomes of the message, and its words."""
    listed = {code.value: asdict(our.text_of(code)) for code in our.Code}
    return (json.dumps(listed, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


# --- messages -------------------------------------------------------------------------------------------------------


def envelopes() -> Pieces:
    """Every request as its sender signs it and every answer as the one who was asked signs it, full and bare."""
    seen: set[str] = set()
    for service, operations in our.OPERATIONS.items():
        caller = CALLERS[min(our.ADMITTED[service])]
        callee = EXCHANGE if caller != EXCHANGE else CALLERS[our.PartyRole.AGENCY]
        for name, operation in operations.items():
            if name not in seen:
                seen.add(name)
                yield from _of(name, operation.request, caller, callee)
                yield from _of(f"{name}Response", operation.answer, callee, caller)
    yield from _namings()


def _of(wrapper: str, kind: type, sender: our.PartyId, recipient: our.PartyId) -> Pieces:
    for inner, chosen in kinds_within(kind):
        for full in (True, False):
            path = "-".join(filter(None, (wrapper, inner, "full" if full else "bare")))
            payload = value_of(kind, wrapper, full=full, chosen=chosen)
            operation = _operation(wrapper, _header(path, payload, sender, recipient, full=full), payload)
            yield f"envelopes/{path}.xml", our.sign_envelope(operation, key_of(sender), now=BARE_NOON)


def _header(path: str, payload: Any, sender: our.PartyId, recipient: our.PartyId, *, full: bool) -> our.Header:
    drawn = value_of(our.Header, path, full=full)
    made = {"sender": sender, "recipient": recipient, "action": our.action_of(payload)}
    return our.Header(**({name: getattr(drawn, name) for name in our.Header.__slots__} | made))


def _operation(wrapper: str, header: our.Header, payload: Any) -> bytes:
    """Held against the schema: bytes that no peer may send prove nothing."""
    message = our.Message(header, payload)
    name = wrapper.removesuffix("Response")
    operation = our.build_request(message) if name == wrapper else our.build_answer(name, message)
    our.validate_operation(our.parse(operation))
    assert our.parse_operation(operation) == message
    return operation


def _namings() -> Pieces:
    """The three ways to name the certificate."""
    for naming in our.CertificateNaming:
        signed = our.sign_envelope(_a_request(), key_of("eotinish"), now=BARE_NOON, naming=naming)
        yield f"envelopes/naming-{naming.name.lower().replace('_', '-')}.xml", signed


def _a_request(name: str = "RegisterAppeal") -> bytes:
    operation = next(table[name] for table in our.OPERATIONS.values() if name in table)
    payload = value_of(operation.request, name, full=True)
    return _operation(name, _header(name, payload, CALLERS[our.PartyRole.PLATFORM], EXCHANGE, full=True), payload)


# --- faults ---------------------------------------------------------------------------------------------------------


def faults() -> Pieces:
    """One of every code, and what is said of requests that break the schema in many places; signed by the exchange."""
    key = key_of(EXCHANGE)
    for code in our.Code:
        fault = our.build_fault(
            code,
            detail=f"{code.value}: <деталь> & \x00",
            message_id="0c9f6a52-5d3c-4f6e-9a53-0d1f0a5b7c11",
            retry_after_s=30,
        )
        yield f"faults/{code.value}.xml", our.sign_envelope(fault, key, now=BARE_NOON)
    for name, broken in _broken().items():
        refused = _refused(broken)
        fault = our.build_fault(refused.code, detail=refused.detail, violations=refused.violations)
        yield f"faults/violations-{name}.xml", our.sign_envelope(fault, key, now=NOON)


def _broken() -> dict[str, bytes]:
    whole = _a_request()
    return {
        "missing": re.sub(rb"<d:(kato|language|text)>.*?</d:\1>", b"", whole, flags=re.DOTALL),
        "stranger": whole.replace(b"<d:kato>", b"<d:colour>red</d:colour><d:kato>"),
        "values": re.sub(rb"<d:(kato|size|sha256|lodgedAt|kind)>.*?</d:\1>", rb"<d:\1>x</d:\1>", whole),
        "order": re.sub(rb"(<d:subject>.*?</d:subject>)(<d:kato>.*?</d:kato>)", rb"\2\1", whole),
        "namespace": whole.replace(b"urn:dalel:exchange:v1", b"urn:dalel:exchange:v0"),
        "operation": whole.replace(b"d:RegisterAppeal", b"d:RegisterParcel"),
    }


def _refused(operation: bytes) -> our.NotValid:
    try:
        our.validate_operation(our.parse(operation))
    except our.NotValid as refused:
        return refused
    raise AssertionError(f"valid, and should not be: {operation[:200]!r}")
