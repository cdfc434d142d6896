"""The SOAP endpoint: one path per service. Every answer is signed; every refusal is logged; nothing leaks a trace.

But for one: who is turned away unread, because there is no room, gets an unsigned ``ServerBusy``, told and counted
together with all others. It asks for the same message again, which any silence would.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Final

import structlog
from aiohttp import web

from contracts import soap, wsdl
from contracts.codes import Code
from contracts.header import Header
from contracts.operations import Service
from contracts.payloads import PutDocument
from contracts.soap import SoapVersion
from gateway.http import busy
from gateway.http.pressure import CapacityExceeded, IntakeGate, IntakeLimits, RequestPlace, ShedCause
from gateway.http.request_body import read_body
from gateway.ports.intake import RefusalRecord
from gateway.ports.store import Unavailable
from gateway.ports.tracing import SpanAttributes, SpanName
from gateway.process.log import reason_of
from gateway.service.exchange import Exchange
from gateway.service.intake.admit import AdmissionContext, AdmittedMessage, admit, authenticated
from gateway.service.intake.dispatch import READS, write_of
from gateway.service.intake.refused import Authenticated, ClaimedIdentity, Refused
from signing.errors import KeyUnavailable
from signing.keys.keypair import KeySource
from signing.profile.offload import aside
from signing.profile.writing import in_version, sign_envelope

log = structlog.get_logger()

CONTENT_TYPE: Final = SoapVersion.V11.content_type
BUSY_RETRY: Final = timedelta(seconds=5)
HELP: Final = "POST a SOAP message here, or GET ?wsdl, ?singleWsdl, ?xsd or ?certificate\n"
REFUSAL_WITHIN: Final = timedelta(seconds=5)
"""For writing a refusal down. The sender has its answer then, whether the store is there or not."""

UNSIGNED: Final[Mapping[Code, int]] = {Code.METHOD_NOT_ALLOWED: 405, Code.UNSUPPORTED_MEDIA_TYPE: 415}
"""HTTP status of what is no SOAP request at all, and gets no signature. A signed fault goes with 500, for toolkits look
for faults there and nowhere else (SOAP 1.1 §6.2, WS-I Basic Profile 1.1 R1126)."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What the endpoint needs."""

    exchange: Exchange
    admission: AdmissionContext
    key: KeySource
    public_url: str
    deadline: timedelta
    gate: IntakeGate = field(default_factory=lambda: IntakeGate(IntakeLimits(), seconds=time.monotonic))


ENDPOINT: Final = web.AppKey("endpoint", Endpoint)


def add_routes(app: web.Application, endpoint: Endpoint) -> None:
    """Serve every service below ``/soap/v1/`` and its description at ``?wsdl``."""
    app[ENDPOINT] = endpoint
    app.router.add_route("*", "/soap/v1/{service}", _handle, expect_handler=_before_body)


async def _before_body(request: web.Request) -> web.Response | None:
    """RFC 9110 §10.1.1: a sender that asks before it sends the body is told at once when nothing is taken."""
    try:
        request.app[ENDPOINT].gate.require_open()
    except CapacityExceeded as full:
        return busy.answer(full)
    if request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    return None


async def _handle(request: web.Request) -> web.Response:
    endpoint = request.app[ENDPOINT]
    try:
        service = Service(request.match_info["service"])
    except ValueError:
        raise web.HTTPNotFound(text="services: appeals, agency, court, documents (and inbox?wsdl)\n") from None
    if request.method in {"GET", "HEAD"}:
        return _describe(request, service, endpoint)
    began_s = time.perf_counter()
    try:
        announced_bytes = min(request.content_length or 0, endpoint.admission.limit_bytes)
        with (
            endpoint.gate.enter(announced_bytes) as place,
            endpoint.exchange.tracer.request(request.headers, service=service.value),
        ):
            answer = await _take(request, service, endpoint, place)
    except CapacityExceeded as full:
        return busy.answer(full)
    endpoint.exchange.meter.request_took(service, time.perf_counter() - began_s)
    return answer


async def _take(request: web.Request, service: Service, endpoint: Endpoint, place: RequestPlace) -> web.Response:
    body, admitted = b"", None
    try:
        async with asyncio.timeout(endpoint.deadline.total_seconds()):
            async with place.reading():
                body = await read_body(request, service, endpoint.admission.limit_bytes, place)
            now = endpoint.exchange.clock.now()
            with endpoint.exchange.tracer.span(SpanName.ADMIT):
                directory = endpoint.exchange.directory()
                admitted = await aside(body, partial(admit, body, service, directory, endpoint.admission, now=now))
            place.belongs_to(admitted.header.sender)
            endpoint.exchange.tracer.annotate(**_named(admitted.header))
            answer = await _serve(endpoint, admitted)
        endpoint.exchange.meter.accepted(admitted.header.action)
        return _answer(_in_version_of(body, answer, endpoint), status=200, version=soap.version_of(body))
    except TimeoutError:
        endpoint.gate.require_open()  # what made it wait stands: one of many, answered like those at the door
        late = Refused(
            Code.SERVER_BUSY, "no answer within the deadline; send the same message again", retry_after=BUSY_RETRY
        )
        return await _refuse(request, endpoint, late, body, admitted)
    except Refused as refused:
        return await _refuse(request, endpoint, refused, body, admitted)
    except CapacityExceeded:
        raise
    except Unavailable as away:
        raise endpoint.gate.rejected(ShedCause.STORE, reason_of(away)) from away
    except Exception as failure:  # noqa: BLE001 - the caller gets a code, the log the reason, nobody a stack trace
        log.error("request.failed", path=request.path, error=type(failure).__name__, reason=reason_of(failure))
        internal = Refused(Code.INTERNAL, "the exchange failed; send the same message again", retry_after=BUSY_RETRY)
        return await _refuse(request, endpoint, internal, body, admitted)


def _named(header: Header) -> SpanAttributes:
    """Of a message whose signature holds."""
    named: SpanAttributes = {"action": header.action.value, "sender": header.sender, "message_id": header.message_id}
    if header.conversation_id:
        named["conversation_id"] = header.conversation_id
    return named


def _describe(request: web.Request, service: Service, endpoint: Endpoint) -> web.Response:
    names = {name.lower() for name in request.query}
    if names & {"wsdl", "singlewsdl"}:
        location = f"{endpoint.public_url}/soap/v1/{service.value}"
        described = wsdl.wsdl_of(service, location, is_single="singlewsdl" in names, certificate=_certificate(endpoint))
        return web.Response(body=described, headers={"Content-Type": CONTENT_TYPE})
    if "certificate" in names:
        own = _certificate(endpoint)
        if own is None:
            raise web.HTTPServiceUnavailable(text="the key is away; come again\n")
        return web.Response(text=own.pem, content_type="application/x-pem-file")
    if "xsd" in names:
        return web.Response(body=wsdl.schema_bytes(), headers={"Content-Type": CONTENT_TYPE})
    raise web.HTTPMethodNotAllowed(request.method, ["POST"], text=HELP)


def _certificate(endpoint: Endpoint) -> wsdl.ExchangeCertificate | None:
    """The one that answers are signed with now; None while the token that holds the key is away."""
    try:
        own = endpoint.key().certificate
    except KeyUnavailable:
        return None
    return wsdl.ExchangeCertificate(own.subject, own.sha256, own.not_after, own.to_pem().decode())


async def _serve(endpoint: Endpoint, admitted: AdmittedMessage) -> bytes:
    """The signed answer. A write has signed and kept it before its commit, a read signs it now."""
    request = admitted.operation.request
    if read := READS.get(request):
        return _signed(endpoint, await read(endpoint.exchange, admitted, endpoint.key))
    answer = await write_of(request)(endpoint.exchange, admitted, endpoint.key)
    if request is not PutDocument:  # parts are many, and the upload says how it stands
        _log_accepted(admitted.header)
    return answer


def _log_accepted(header: Header) -> None:
    log.info(
        "message.accepted",
        sender=header.sender,
        message_id=header.message_id,
        conversation_id=header.conversation_id,
        action=header.action.value,
    )


async def _refuse(
    request: web.Request, endpoint: Endpoint, refused: Refused, body: bytes, admitted: AdmittedMessage | None
) -> web.Response:
    """Answer by a signed fault, note the refusal, and keep the fault of a sender that proved who it is.

    ``admitted``: the message, when it came so far; before that the refusal knows what the request claims.
    """
    claimed = ClaimedIdentity(admitted.header.sender, admitted.header.message_id) if admitted else refused.claimed
    endpoint.exchange.meter.refused(admitted.header.action if admitted else None, refused.code)
    endpoint.exchange.tracer.annotate(code=refused.code.value)
    endpoint.exchange.tracer.fail(refused.code.value)
    now, version = endpoint.exchange.clock.now(), soap.version_of(body)
    retry_after_s = None if refused.retry_after is None else int(refused.retry_after.total_seconds())
    fault = soap.build_fault(
        refused.code,
        detail=refused.detail,
        violations=refused.violations,
        troubles=refused.troubles,
        message_id=claimed.message_id,
        retry_after_s=retry_after_s,
        version=version,
        fault=refused.fault,
    )
    status = 500 if refused.troubles else UNSIGNED.get(refused.code, 500)
    answer, known = soap.unsigned(fault, version), None
    if status == 500:
        with suppress(KeyUnavailable):  # the token is away: an unsigned word is better than silence, and is no evidence
            answer = sign_envelope(fault, endpoint.key(), now=now, version=version)
            known = await _signer(endpoint, refused, body, admitted)
    response = _answer(answer, status=status, version=version)
    if status == 405:
        response.headers["Allow"] = "POST, GET, HEAD"
    if retry_after_s is not None:
        response.headers["Retry-After"] = str(retry_after_s)
    if known is not None or endpoint.gate.may_note_stranger():
        record = RefusalRecord(
            at=now,
            path=request.path,
            remote=request.remote or "",
            code=refused.code.value,
            detail=refused.detail[:500],
            sender=claimed.sender,
            message_id=claimed.message_id,
            request_sha256=hashlib.sha256(body).hexdigest(),
            size=len(body),
            signer=known.signer if known else None,
            digest=known.digest if known else None,
            answer=answer if known else None,
            request=body,
        )
        await _note(endpoint, record)
    return response


async def _note(endpoint: Endpoint, record: RefusalRecord) -> None:
    """To log and store. Without the store it is answered all the same."""
    log.warning(
        "message.refused",
        path=record.path,
        remote=record.remote,
        code=record.code,
        sender=record.sender,
        message_id=record.message_id,
        request_sha256=record.request_sha256,
    )
    try:
        async with asyncio.timeout(REFUSAL_WITHIN.total_seconds()):
            await endpoint.exchange.store.run(record)
    except Exception as failure:  # noqa: BLE001 - a refusal is answered even while the store is away
        log.error("refusal.not_recorded", error=type(failure).__name__, reason=reason_of(failure))


async def _signer(
    endpoint: Endpoint, refused: Refused, body: bytes, admitted: AdmittedMessage | None
) -> Authenticated | None:
    if admitted:
        return Authenticated(admitted.header.sender, admitted.digest)
    exchange = endpoint.exchange
    directory, now = exchange.directory(), exchange.clock.now()
    return await aside(body, partial(authenticated, refused, body, directory, endpoint.admission, now=now))


def _signed(endpoint: Endpoint, content: bytes) -> bytes:
    return sign_envelope(content, endpoint.key(), now=endpoint.exchange.clock.now())


def _in_version_of(request: bytes, answer: bytes, endpoint: Endpoint) -> bytes:
    """Answers are kept as evidence in SOAP 1.1; who asked in 1.2 gets the same content in that."""
    version = soap.version_of(request)
    if version is SoapVersion.V11:
        return answer
    return in_version(answer, version, endpoint.key(), now=endpoint.exchange.clock.now())


def _answer(envelope: bytes, *, status: int, version: SoapVersion) -> web.Response:
    return web.Response(body=envelope, status=status, headers={"Content-Type": version.content_type})
