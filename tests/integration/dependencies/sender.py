"""A sender and an operator beside a process of ours: plain HTTP, answers as values."""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass

from contracts import soap, xmlsafe
from tests.e2e.running import Running


@dataclass(frozen=True)
class Answer:
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


def post(running: Running, envelope: bytes, service: str = "appeals") -> Answer:
    """Send a message and hear what comes."""
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
    return _heard(urllib.request.Request(f"{running.url}/soap/v1/{service}", data=envelope, headers=headers))


def ask(running: Running, path: str) -> Answer:
    """GET."""
    return _heard(urllib.request.Request(running.url + path))


def _heard(request: urllib.request.Request) -> Answer:
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return Answer(answer.status, answer.read(), answer.headers.get("Retry-After"))
    except urllib.error.HTTPError as refused:
        return Answer(refused.code, refused.read(), refused.headers.get("Retry-After"))
