"""A program that is not ours reads a file of evidence by the same standards: accepted whole, refused changed."""

import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from dossier.packaging.container import write_container
from signing.xades.container import XadesLevel
from tests.worlds import digidoc
from tests.worlds.digidoc import Trusted
from tests.worlds.dossiers import anchors
from tests.worlds.evidence_samples import relayed, written
from tests.worlds.proofs import Authorities, extended, responder_key, tsa_key


@pytest.fixture(scope="module")
def opinions(tmp_path_factory):
    """Starting that library takes longer than its judgements: all are asked for at once."""
    folder = tmp_path_factory.mktemp("evidence")
    now = datetime.now(UTC).replace(microsecond=0)  # it wants the answer on revocation soon after the time stamp
    traced = relayed()
    made = written(replace(traced, record=replace(traced.record, made_at=now)), folder)
    whole, _ = extended(made.read_bytes(), XadesLevel.LTA, Authorities(now))
    files: dict[str, Path] = {}
    for name, data in (("whole", whole), ("changed", _with_another_receipt(whole))):
        files[name] = folder / f"{name}.asice"
        files[name].write_bytes(data)
    trusted = Trusted(anchors(), (tsa_key().certificate,), (responder_key().certificate,))
    judged = digidoc.judge(list(files.values()), trusted, tmp_path_factory.mktemp("digidoc"))
    return {name: judged[path] for name, path in files.items()}


def _with_another_receipt(data: bytes) -> bytes:
    with zipfile.ZipFile(BytesIO(data)) as container:
        files = {name: container.read(name) for name in container.namelist()}
    changed = next(name for name in reversed(files) if name.startswith("envelopes/"))
    stream = BytesIO()
    write_container(stream, [(name, one + b" " if name == changed else one) for name, one in files.items()])
    return stream.getvalue()


def test_libdigidocpp_accepts_a_file_of_evidence(opinions):
    assert opinions["whole"].accepts, opinions["whole"].complaints


def test_libdigidocpp_refuses_it_once_a_receipt_has_changed(opinions):
    assert not opinions["changed"].accepts
