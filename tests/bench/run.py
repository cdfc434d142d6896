"""Measure what the exchange does, part by part and along the whole data path, against yardsticks of the same run.

Only the ratios travel between machines. The yardstick is ``openssl speed rsa2048``, one core, taken before and after
each group; for containers it is ``hashlib.file_digest`` over the same file. Prints a table and writes
``bench-out/results.json``, a list of name, value, unit, yardstick, ratio.

    python -m tests.bench.run [--only GROUP …]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stderr
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final, TextIO

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from gateway.process.log import configure_logging
from tests.bench.aims import AIMS, summary, verdict
from tests.bench.figures import Figures, Result, in_signatures, over, rates, ratio
from tests.bench.yardstick import Speed, openssl_speed

OUT: Final = Path("bench-out")
Group = Callable[[], Iterator[Callable[[Speed], Result]]]
"""Measures, and gives results that still wait for the yardstick."""


def main() -> None:
    """Run the groups asked for, or all, and tell them."""
    parser = argparse.ArgumentParser(description="Measure the exchange; the figures are ratios of a yardstick.")
    parser.add_argument("--only", action="append", choices=list(GROUPS), help="one group; may be given several times")
    chosen = parser.parse_args().only or list(GROUPS)
    print(f"load of the machine before the run: {os.getloadavg()[0]:.1f} (others beside it make all figures worse)")
    results = [result for name in GROUPS if name in chosen for result in reported_by(name)]
    OUT.mkdir(exist_ok=True)
    path = OUT / "results.json"
    path.write_text(json.dumps([asdict(result) for result in results], indent=2) + "\n", encoding="utf-8")
    print(f"right: ratio to the yardstick of its kind; of a wait, how many signatures fit in · {path}")
    if any(result.name in AIMS for result in results):
        print(summary(results))


def reported_by(name: str) -> Iterator[Result]:
    """Measure between two looks at the yardstick, and print."""
    print(f"{name} …", file=sys.stderr, flush=True)
    before = openssl_speed()
    waiting = list(GROUPS[name]())
    yardstick = before.between(openssl_speed())
    for result in (one(yardstick) for one in waiting):
        reported_by = f"{result.name:<40}{result.value:>12,.1f} {result.unit:<8}{result.ratio:>9.2f}  {verdict(result)}"
        print(reported_by.rstrip(), flush=True)
        yield result


# --- the groups -----------------------------------------------------------------------------------------------------


def yardsticks() -> Iterator[Callable[[Speed], Result]]:
    """The yardstick itself, what our own library makes of the same key size, and what disk and HTTP do without us."""
    from tests.bench.groups import bare

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    raw = rates({"raw": lambda: key.sign(b"yardstick", padding.PKCS1v15(), hashes.SHA256())})["raw"]
    yield lambda speed: over("openssl_rsa2048_sign", speed.sign, "1/s", speed.sign)
    yield lambda speed: over("openssl_rsa2048_verify", speed.verify, "1/s", speed.sign)
    yield lambda speed: over("cryptography_rsa2048_sign", raw, "1/s", speed.sign)
    yield from _figures(bare.bare())


def signing() -> Iterator[Callable[[Speed], Result]]:
    """Both engines at every size, and what the strict one gains."""
    from tests.bench.groups import signatures

    measured = rates(signatures.works(datetime.now(UTC)))
    yield from _rates(measured)
    for size in signatures.SIZES_KB:
        own, general = measured[f"verify_own_{size}kb"], measured[f"verify_xmlsec_{size}kb"]
        yield lambda _, size=size, own=own, general=general: ratio(f"verify_own_over_xmlsec_{size}kb", own, general)


def codec() -> Iterator[Callable[[Speed], Result]]:
    """What one message costs apart from its signature."""
    from tests.bench import message

    yield from _rates(rates(message.works(datetime.now(UTC))))


def seals() -> Iterator[Callable[[Speed], Result]]:
    """The sealer's own path, on both databases."""
    from tests.bench.groups import sealing

    yield from _figures(_quietly(lambda: asyncio.run(sealing.sealing())).items())


def containers() -> Iterator[Callable[[Speed], Result]]:
    """A dossier of one gigabyte; its yardstick is the digest of the same file."""
    from tests.bench.groups import container

    halves = container.measure()
    build, verify = halves["build"], halves["verify"]
    yield lambda _: over("container_build", build.rate, "MB/s", build.digest)
    yield lambda _: over("container_build_and_keep", build.kept, "MB/s", build.digest)
    yield lambda _: over("container_verify", verify.rate, "MB/s", verify.digest)
    yield lambda _: ratio("container_build_over_digest", build.rate, build.digest)
    yield lambda _: ratio("container_verify_over_digest", verify.rate, verify.digest)
    yield lambda _: over("container_peak_memory", build.peak, "MB", build.idle)
    yield lambda _: over("container_verify_peak_memory", verify.peak, "MB", verify.idle)


def store() -> Iterator[Callable[[Speed], Result]]:
    """The commit of what an appeal writes, on both databases."""
    from tests.bench.groups import storing

    yield from _figures(_quietly(lambda: asyncio.run(storing.storing())).items())


def meter() -> Iterator[Callable[[Speed], Result]]:
    """What counting costs an accepted message."""
    from tests.bench.groups import metering

    yield from _figures(_quietly(lambda: asyncio.run(metering.metering())).items())


def traces() -> Iterator[Callable[[Speed], Result]]:
    """What recording traces costs an accepted message."""
    from tests.bench.groups import tracing

    yield from _figures(tracing.tracing())


def accept() -> Iterator[Callable[[Speed], Result]]:
    """Messages taken by processes as an operator runs them, on both databases."""
    from tests.bench.groups import accepting

    yield from _figures(accepting.accepting())


def send() -> Iterator[Callable[[Speed], Result]]:
    """Messages brought to recipients that acknowledge, by the same processes."""
    from tests.bench.groups import sending

    yield from _figures(sending.sending())


def processes() -> Iterator[Callable[[Speed], Result]]:
    """What a second process brings."""
    from tests.bench.groups import nodes

    yield from _figures(nodes.nodes())


def waking() -> Iterator[Callable[[Speed], Result]]:
    """How soon one node hears of another's work."""
    from tests.bench.groups import wake

    yield from _figures(_quietly(lambda: asyncio.run(wake.waking())).items())


def sizes() -> Iterator[Callable[[Speed], Result]]:
    """The sizes that X-Road sees."""
    from tests.bench.groups import mix

    yield from _figures(mix.mix())


def backlog() -> Iterator[Callable[[Speed], Result]]:
    """What a claim costs while a thousand parties are dead, on both databases."""
    from tests.bench.groups import claims

    yield from _figures(claims.figures().items())


def soaking() -> Iterator[Callable[[Speed], Result]]:
    """A hundred thousand messages, and the memory they leave."""
    from tests.bench.groups import soak

    yield from _figures(soak.soak())


GROUPS: Final[dict[str, Group]] = {
    "yardstick": yardsticks,
    "signatures": signing,
    "codec": codec,
    "sealing": seals,
    "container": containers,
    "store": store,
    "meter": meter,
    "traces": traces,
    "accept": accept,
    "send": send,
    "nodes": processes,
    "wake": waking,
    "mix": sizes,
    "claims": backlog,
    "soak": soaking,
}


def _rates(measured: dict[str, float]) -> Iterator[Callable[[Speed], Result]]:
    return _figures((name, (value, "1/s")) for name, value in measured.items())


def _figures(figures: Iterable[tuple[str, tuple[float, str]]]) -> Iterator[Callable[[Speed], Result]]:
    """Each shown on standard error as soon as it is known: a group may take minutes."""
    for name, (value, unit) in figures:
        print(f"  {name} {value:,.1f} {unit}", file=sys.stderr, flush=True)
        yield lambda speed, name=name, value=value, unit=unit: in_signatures(name, value, unit, speed.sign)


def _quietly(measure: Callable[[], Figures]) -> Figures:
    """The cost of logging counts, its lines are not for reading here."""
    with redirect_stderr(_nowhere()):
        configure_logging()
        return measure()


@cache
def _nowhere() -> TextIO:
    """Open to the end: a logger that spoke once in a group speaks there in the next one, too."""
    return Path(os.devnull).open("w")


if __name__ == "__main__":
    main()
