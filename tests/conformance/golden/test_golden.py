"""Nothing that leaves the exchange or is kept as proof has changed by a byte.

When it is meant to change: ``python -m tests.conformance.golden --write`` stores new digests. What a change is, shows
``--keep FOLDER``, run here and in a checkout from before.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys

import pytest

from tests.conformance.golden.__main__ import DIGESTS, READABLE, TO_READ
from tests.conformance.golden.product import OPERATIONS, RECORDS, Code, Service, fact_kind
from tests.conformance.golden.values import kinds_within
from tests.docs.pages import ROOT
from tests.worlds.samples import FACTS

KEPT = json.loads(DIGESTS.read_text(encoding="utf-8"))


def made() -> dict[str, str]:
    """In a process of its own, which draws nothing by chance and has no key in a cache."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.conformance.golden"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-4000:]
    return json.loads(run.stdout)


def test_every_piece_has_the_bytes_that_it_had():
    now = made()
    trouble = [f"gone     {name}" for name in KEPT if name not in now]
    trouble += [f"new      {name}" for name in now if name not in KEPT]
    trouble += [f"changed  {name}" for name in now if name in KEPT and now[name] != KEPT[name]]

    assert not trouble, "\n".join(["other bytes than before:", *sorted(trouble)])


OPERATION = [(name, operation) for table in OPERATIONS.values() for name, operation in table.items()]


@pytest.mark.parametrize(("name", "operation"), OPERATION, ids=[name for name, _ in OPERATION])
def test_every_request_and_answer_is_among_them_full_and_bare(name, operation):
    for wrapper, kind in ((name, operation.request), (f"{name}Response", operation.answer)):
        for inner, _ in kinds_within(kind):
            stem = "-".join(filter(None, (wrapper, inner)))
            assert {f"envelopes/{stem}-full.xml", f"envelopes/{stem}-bare.xml"} <= set(KEPT)


def test_every_service_code_event_and_record_is_among_them():
    named = [f"contract/{service.value}.wsdl" for service in Service]
    named += [f"faults/{code.value}.xml" for code in Code]
    named += [f"events/{fact_kind(fact)}.json" for fact in FACTS]
    named += [f"records/{record.name}-full.json" for record in RECORDS]

    assert [name for name in named if name not in KEPT] == []


def test_those_that_are_kept_to_be_read_are_the_ones_whose_digests_are_kept():
    assert {name: sha256(READABLE / name) for name in TO_READ} == {name: KEPT[name] for name in TO_READ}


def sha256(path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
