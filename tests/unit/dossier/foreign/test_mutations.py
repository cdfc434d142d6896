"""No changed byte makes a container say anything else and still pass.

A mutant may pass only when nothing that anyone relies on has changed. That is decided by other means than the
product's: the standard library reads the files, and they, their media types, who signed and when must be as before.
"""

import zipfile
from dataclasses import dataclass
from io import BytesIO

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from dossier.check.report import VerificationReport
from tests.foreign import samples
from tests.foreign.xades import archive_token
from tests.unit.dossier.foreign.judging import judged

ITEMS = samples.items()
GOOD = samples.container(samples.plan().but(archive=archive_token), deflated=True)
STORED = samples.write_zip(ITEMS)


@dataclass(frozen=True)
class ReadContainer:
    """All that a reader takes from a container."""

    files: tuple[tuple[str, bytes], ...]
    media_types: tuple[tuple[str, str], ...]
    signer: str | None
    signed_at: object


def stated_by(data: bytes, report: VerificationReport) -> ReadContainer:
    with zipfile.ZipFile(BytesIO(data)) as other:
        held = [(name, other.read(name)) for name in other.namelist() if not name.startswith("META-INF/")]
        manifest = etree.fromstring(other.read(samples.MANIFEST_NAME))
    types = [tuple(sorted(entry.attrib.values())) for entry in manifest]
    return ReadContainer(tuple(held), tuple(types), report.signer, report.signed_at)


def require_harmless(original: bytes, mutant: bytes) -> None:
    report = judged(mutant)
    if report.is_passed:
        assert stated_by(mutant, report) == stated_by(original, judged(original))


originals = st.sampled_from([GOOD, STORED])


@given(originals, st.data())
@settings(max_examples=250, deadline=None)
def test_no_flipped_bits_change_what_a_passing_container_says(original, data):
    mutant = bytearray(original)
    for _ in range(data.draw(st.integers(1, 3))):
        mutant[data.draw(st.integers(0, len(original) - 1))] ^= data.draw(st.integers(1, 255))
    require_harmless(original, bytes(mutant))


@given(originals, st.data())
@settings(max_examples=150, deadline=None)
def test_no_inserted_bytes_change_what_a_passing_container_says(original, data):
    place = data.draw(st.integers(0, len(original)))
    require_harmless(original, original[:place] + data.draw(st.binary(min_size=1, max_size=40)) + original[place:])


@given(originals, st.data())
@settings(max_examples=150, deadline=None)
def test_no_deleted_or_moved_bytes_change_what_a_passing_container_says(original, data):
    start = data.draw(st.integers(0, len(original) - 1))
    end = data.draw(st.integers(start + 1, min(len(original), start + 400)))
    rest = original[:start] + original[end:]
    place = data.draw(st.integers(0, len(rest)))
    moved = rest[:place] + original[start:end] + rest[place:] if data.draw(st.booleans()) else rest
    require_harmless(original, moved)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_no_change_of_the_signature_file_alone_changes_what_a_passing_container_says(data):
    """The ZIP around it is written anew, so that the change reaches the XML."""
    text = bytearray(ITEMS[-1].data)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start, min(len(text), start + 60)))
    text[start:end] = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from([b" ", b"<x/>", b"&amp;", b"\r\n"])))
    mutant = samples.write_zip([*ITEMS[:-1], ITEMS[-1].but(data=bytes(text))])
    require_harmless(STORED, mutant)


@given(st.binary(max_size=300))
@settings(max_examples=40, deadline=None)
def test_rubbish_is_a_finding_and_never_a_crash(rubbish):
    assume(rubbish not in [item.data for item in ITEMS])
    for at in range(len(ITEMS)):
        mutant = samples.write_zip(
            [item.but(data=rubbish) if number == at else item for number, item in enumerate(ITEMS)]
        )
        assert not judged(mutant).is_passed
    assert not judged(rubbish).is_passed
