"""A sender and an operator beside a process of ours: plain HTTP, answers as values."""

from __future__ import annotations

import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from contracts import codec, soap, xmlsafe
from contracts.header import Header, Message, MessageId, action_of
from contracts.party import PartyId
from signing.profile.writing import sign_envelope
from tests.e2e.running import PLATFORM, platform_key
from tests.worlds.clocks import SteppedClock
from tests.worlds.exchange.world import an_appeal


@dataclass(frozen=True)
class SenderAnswer:
    """``retry_after``: the header, as it stands."""

    status: int
    body: bytes
    retry_after: str | None

    @property
    def fault(self) -> soap.FaultInfo:
        """The fault in it; there is one."""
        fault = soap.parse_fault(soap.body_of(xmlsafe.parse(self.body))[0])
        assert fault is not None, self.body
        return fault


def an_envelope(home: Path, payload: object = None) -> bytes:
    """A message, a registration unless told otherwise, that was not sent before."""
    now = datetime.now(UTC)
    payload = payload or an_appeal(SteppedClock(now))
    header = Header(MessageId(str(uuid.uuid4())), None, None, PLATFORM, PartyId("dalel"), action_of(payload), now)
    return sign_envelope(codec.build_request(Message(header, payload)), platform_key(home), now=now)


def post(url: str, envelope: bytes, service: str = "appeals") -> SenderAnswer:
    """Send a message and hear what comes."""
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
    return _heard(urllib.request.Request(f"{url}/soap/v1/{service}", data=envelope, headers=headers))


def ask(url: str, path: str) -> SenderAnswer:
    """GET."""
    return _heard(urllib.request.Request(url + path))


def _heard(request: urllib.request.Request) -> SenderAnswer:
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return SenderAnswer(answer.status, answer.read(), answer.headers.get("Retry-After"))
    except urllib.error.HTTPError as refused:
        return SenderAnswer(refused.code, refused.read(), refused.headers.get("Retry-After"))
