"""Measure what every message costs, part by part and along the whole data path, against a yardstick of the same run.

Only the ratios travel between machines: the yardstick is one raw RSA-2048 signature by the cryptography library, with
the key loaded once, which is what ``openssl speed rsa2048`` measures. The parts are the median of several rounds on
one core; the path is sent a bounded number of messages over HTTP, from another process on the same machine. Prints a
table and writes ``bench-out/results.json``: name, value, unit, yardstick, ratio.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import time
from collections.abc import Callable
from contextlib import redirect_stderr
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from contracts.codec import build_request, parse_operation
from contracts.operations import Message
from contracts.soap import operation_of
from contracts.validate import validate_operation
from contracts.xmlsafe import parse
from gateway.log import configure_logging
from signing.authority import SandboxAuthority, Usage
from signing.verification import PinnedCertificates, ReadEnvelope, verify_envelope
from signing.wss import sign_envelope
from tests.bench.datapath import data_path
from tests.bench.message import register_appeal

ROUNDS = 5
ROUND_S = 0.4
OUT = Path("bench-out")
YARDSTICK = "raw rsa2048 signature"


@dataclass(frozen=True)
class Result:
    """One figure; ``ratio`` is it over the yardstick of the same run."""

    name: str
    value: float
    unit: str
    yardstick: float
    ratio: float


def main() -> None:
    """Run everything once and tell it."""
    now = datetime.now(UTC)
    yardstick = rate(raw_signature())
    figures = {name: rate(work) for name, work in per_message(register_appeal(now), now).items()}
    with (
        Path(os.devnull).open("w") as nowhere,
        redirect_stderr(nowhere),
    ):  # the cost of logging counts, its lines do not
        configure_logging()
        whole = asyncio.run(data_path())
    results = [Result(YARDSTICK, round(yardstick), "1/s", round(yardstick), 1.0)]
    results += [in_yardsticks(name, value, "1/s", yardstick) for name, value in figures.items()]
    results += [in_yardsticks(name, value, unit, yardstick) for name, (value, unit) in whole.items()]
    for result in results:
        print(f"{result.name:<44}{result.value:>10,.1f} {result.unit:<3}{result.ratio:>8.2f}")
    OUT.mkdir(exist_ok=True)
    path = OUT / "results.json"
    path.write_text(json.dumps([asdict(result) for result in results], indent=2) + "\n", encoding="utf-8")
    print(f"right: ratio to the first line; of a wait, how many of it fit in · {path}")


def in_yardsticks(name: str, value: float, unit: str, yardstick: float) -> Result:
    """A rate over the yardstick's; a wait in signatures that could have been made meanwhile."""
    ratio = value / yardstick if unit == "1/s" else value / 1000 * yardstick
    return Result(name, round(value, 1), unit, round(yardstick), round(ratio, 2))


def raw_signature() -> Callable[[], object]:
    """The yardstick."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return lambda: key.sign(b"yardstick", padding.PKCS1v15(), hashes.SHA256())


def per_message(message: Message, now: datetime) -> dict[str, Callable[[], object]]:
    """What one RegisterAppeal costs on its way in and out."""
    authority = SandboxAuthority.create("bench", now=now)
    key = authority.issue("bench", bin="000000000000", usage=Usage.MESSAGE, now=now, key_kind="RSA-2048")
    pinned = PinnedCertificates([("bench", key.certificate)])
    operation = build_request(message)
    envelope = sign_envelope(operation, key, now=now)

    def parse_and_validate() -> None:
        validate_operation(operation_of(parse(envelope)))

    return {
        f"encode ({len(operation):,} bytes)": lambda: build_request(message),
        "decode": lambda: parse_operation(operation),
        f"sign envelope ({len(envelope):,} bytes)": lambda: sign_envelope(operation, key, now=now),
        "parse and verify envelope": lambda: verify_envelope(ReadEnvelope.of(envelope), pinned, now=now),
        "parse and validate": parse_and_validate,
    }


def rate(work: Callable[[], object]) -> float:
    """Runs per second: median of the rounds, after one to warm up."""
    one_round(work)
    return statistics.median(one_round(work) for _ in range(ROUNDS))


def one_round(work: Callable[[], object]) -> float:
    done, started = 0, time.perf_counter()
    while (passed := time.perf_counter() - started) < ROUND_S:
        work()
        done += 1
    return done / passed


if __name__ == "__main__":
    main()
