"""What the usual client makes of the same work: zeep with its own signature plugin, made from our WSDL.

It builds a Deliver, signs it, POSTs it over one kept connection and verifies the receipt, to the same inbox as the
exchange does, with a message of the same size. It claims nothing and records nothing, which is in its favour.
"""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import xmlsec
import zeep
from lxml import etree
from zeep.wsse.signature import BinarySignature, Signature
from zeep.wsse.utils import get_security_header

from contracts.header import Action
from contracts.soap import WSU
from signing.keys.files import write_pair
from tests.bench.cast import ME, PLATFORM, Keys
from tests.bench.inbox import inbox
from tests.bench.message import TEXT

WSDL: Final = Path(__file__).parents[2] / "contracts" / "wsdl" / "inbox.wsdl"
WARM: Final = 20
COUNTED: Final = 300
TEXT_BYTES: Final = 900
"""The envelope is then about as long as those of the exchange."""


def delivered_by_zeep(keys: Keys, count: int = COUNTED) -> float:
    """Messages that zeep had acknowledged per second of its own processor time."""
    with TemporaryDirectory(prefix="dalel-bench-") as folder, inbox(keys) as far:
        for party in (ME, PLATFORM):
            write_pair(Path(folder), party, keys[party])
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            return process.submit(_run, far.url, folder, count).result()


def _run(url: str, folder: str, count: int) -> float:
    client = zeep.Client(str(WSDL), wsse=_Security(Path(folder)))
    service = client.create_service("{urn:dalel:exchange:v1:inbox}InboxBinding", url)
    for _ in range(WARM):
        _deliver(service)
    started = time.process_time()
    for _ in range(count):
        _deliver(service)
    return count / (time.process_time() - started)


def _deliver(service: Any) -> None:
    now, message_id = datetime.now(UTC), str(uuid.uuid4())
    text = TEXT.encode()[: TEXT_BYTES // 3].decode(errors="ignore")
    answer = service.Deliver(
        header={
            "messageId": message_id,
            "conversationId": str(uuid.uuid4()),
            "sender": ME,
            "recipient": PLATFORM,
            "action": Action.NOTIFY_APPLICANT.value,
            "createdAt": now,
        },
        notifyApplicant={
            "appealNumber": "DL-2026-0000000000",
            "step": "registered",
            "at": now,
            "text": {"kk": text, "ru": text, "en": text},
        },
    )
    if answer.receipt.messageId != message_id:
        raise RuntimeError(f"the receipt is for {answer.receipt.messageId}, not for {message_id}")


class _Security:
    """zeep's plugins as they are: Timestamp and Body signed, the answer verified by the peer's certificate."""

    def __init__(self, folder: Path) -> None:
        names = [(str(folder / f"{party}.key"), str(folder / f"{party}.pem")) for party in (ME, PLATFORM)]
        methods = {"signature_method": xmlsec.Transform.RSA_SHA256, "digest_method": xmlsec.Transform.SHA256}
        self._ours, self._theirs = BinarySignature(*names[0], **methods), Signature(*names[1], **methods)

    def apply(self, envelope: Any, headers: Any) -> Any:
        now, wsu = datetime.now(UTC), f"{{{WSU}}}"
        stamp = etree.SubElement(get_security_header(envelope), f"{wsu}Timestamp")
        for name, moment in (("Created", now), ("Expires", now + timedelta(minutes=5))):
            etree.SubElement(stamp, f"{wsu}{name}").text = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        return self._ours.apply(envelope, headers)

    def verify(self, envelope: Any) -> Any:
        self._theirs.verify(envelope)
        return envelope
