"""Dossiers to inspect: assembled once, taken apart and put together again with one thing changed."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from connectors.sandbox.authorities.ca import KeyKind
from dossier.check.inspection import inspect_container
from dossier.check.report import FAILING, Indication, StepVerdict, VerificationReport
from dossier.packaging.assembly import assemble
from dossier.packaging.container import Container, write_container
from dossier.packaging.material import DossierInput
from signing.trust.revocation import RevocationValues
from signing.xades.container import XadesLevel
from tests.worlds.dossiers import ASSEMBLED_AT, anchors, dossier_input, seal_key
from tests.worlds.proofs import SEALED_AT, Authorities, extended, ledger_evidence, stamp_at

NOW = ASSEMBLED_AT + timedelta(days=30)
Files = list[tuple[str, bytes]]


def dossier(kind: KeyKind = "RSA-2048") -> bytes:
    return _dossier(kind)


@cache
def _dossier(kind: KeyKind) -> bytes:
    with TemporaryDirectory() as folder:
        assemble(dossier_input(), seal_key(kind), Path(folder) / "d.asice")
        return (Path(folder) / "d.asice").read_bytes()


@cache
def contents_of(data: bytes) -> tuple[tuple[str, bytes], ...]:
    """Every file of a container, in its order."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "d.asice"
        path.write_bytes(data)
        with Container.open(path) as container:
            return tuple((name, container.read(name, limit_bytes=10**8)) for name in container.names)


STAMPED_AT = ASSEMBLED_AT + timedelta(seconds=2)


@cache
def known_of_the_seal() -> RevocationValues:
    """One answer for all tests: a responder writes into each when it was made."""
    return Authorities(SEALED_AT).revocation_of(seal_key().certificate, *anchors())


def proven_input(**changes: object) -> DossierInput:
    """The case with everything that proves it when it is filed."""
    given = dossier_input(
        certificates=(seal_key().certificate, *anchors()),
        revocation=known_of_the_seal(),
        ledger=ledger_evidence(),
    )
    return replace(given, **changes)  # type: ignore[arg-type]  # as in the builder


@cache
def stamped() -> bytes:
    """The same dossier with all that may be known when it is filed: B-T, sealed ledger, chain, revocation."""
    with TemporaryDirectory() as folder:
        assemble(proven_input(), seal_key(), Path(folder) / "d.asice", stamp_at(STAMPED_AT))
        return (Path(folder) / "d.asice").read_bytes()


@cache
def carried(to: XadesLevel) -> bytes:
    """The stamped dossier, carried to B-LT or B-LTA a few seconds later."""
    return extended(stamped(), to, Authorities(STAMPED_AT + timedelta(seconds=9)))[0]


@cache
def renewed() -> bytes:
    """B-LTA with a second archive time stamp, a hundred days later, and what proves the first one."""
    return extended(carried(XadesLevel.LTA), XadesLevel.LTA, Authorities(STAMPED_AT + timedelta(days=100)))[0]


def at_level(level: XadesLevel) -> bytes:
    match level:
        case XadesLevel.B:
            return dossier()
        case XadesLevel.T:
            return stamped()
        case _:
            return carried(level)


def files() -> Files:
    return list(contents_of(dossier()))


def names() -> list[str]:
    return [name for name, _ in files()]


def owner_of(at: int, data: bytes | None = None) -> str | None:
    """The file whose header or contents hold byte ``at`` of the dossier; None in the directory behind them."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "d.asice"
        path.write_bytes(data or dossier())
        with Container.open(path) as container:
            return next((entry.name for entry in container.entries if entry.offset <= at < entry.end), None)


def packed(contents: Iterable[tuple[str, bytes]]) -> bytes:
    """A container with right headers and checksums, whatever the contents."""
    stream = BytesIO()
    write_container(stream, contents)
    return stream.getvalue()


def with_file(name: str, change: Callable[[bytes], bytes]) -> bytes:
    return packed((held, change(data) if held == name else data) for held, data in files())


def inspected(data: bytes, given_anchors=None, now=NOW) -> VerificationReport:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "d.asice"
        path.write_bytes(data)
        report = inspect_container(path, anchors() if given_anchors is None else given_anchors, now=now)
    for finding in report.findings():  # as the standard pairs the two
        assert finding.verdict is not StepVerdict.FAILED or finding.sub_indication in FAILING, finding
    assert (report.indication is Indication.INDETERMINATE) == (report.sub_indication not in {*FAILING, None})
    return report


def parts(report: VerificationReport) -> set[str]:
    return {finding.part for finding in report.findings()}
