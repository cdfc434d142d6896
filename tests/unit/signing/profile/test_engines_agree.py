"""Two engines, one answer: whatever is done to a signed message, both accept the same or refuse with the same code.

The strict engine may leave a message to the general one, but not the messages of our own form.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from contracts.codes import Code
from contracts.errors import NotReadable
from signing.keys.pinned import PinnedCertificates
from signing.profile import general, strict
from signing.profile.verification import ReadEnvelope, VerifiedEnvelope
from tests.worlds.signing import forge
from tests.worlds.signing.mutations import CONTENTS, INSIDE, ODD_CONTENTS, OUTSIDE, Base, Mutation, bases, resigned

SEED = 20261124
COMPARED = 21_000
BASES = bases()
OTHERS = (  # registries and moments in which an honest message is refused
    (PinnedCertificates([("other", forge.stranger().certificate)]), forge.NOW),
    (
        PinnedCertificates(
            [(forge.OWNER, forge.key(kind).certificate) for kind in forge.KINDS],
            barred={forge.key(kind).certificate.sha256: Code.UNKNOWN_SIGNER for kind in forge.KINDS},
        ),
        forge.NOW,
    ),
    (forge.registry(), forge.NOW + timedelta(days=900)),
    (forge.registry(), forge.NOW - timedelta(minutes=6)),
    (forge.registry(), forge.NOW + timedelta(minutes=10)),
)


@dataclass
class EngineTally:
    """What came of the messages compared so far."""

    compared: int = 0
    taken: int = 0
    accepted: int = 0
    codes: Counter[Code] = field(default_factory=Counter)

    def add(self, strictly: forge.Verdict, generally: forge.Verdict) -> None:
        self.compared += 1
        self.taken += strictly is not None
        self.accepted += isinstance(generally, VerifiedEnvelope)
        if strictly is not None and isinstance(generally, Code):
            self.codes[generally] += 1


def read(data: bytes) -> ReadEnvelope | None:
    """As messages are read; where that refuses, by a plain parser, so that the engines stand alone."""
    try:
        return ReadEnvelope.of(data)
    except NotReadable:
        pass
    try:
        return ReadEnvelope(data, etree.fromstring(data))
    except (etree.XMLSyntaxError, ValueError):
        return None


def sender_name(element: etree._Element) -> tuple[object, ...]:
    """All that a reader of the tree can see."""
    inside = [(sender_name(child), child.tail or "") for child in element]
    return element.tag, dict(element.attrib), element.text or "", inside


def compare(
    tally: EngineTally, data: bytes, pinned: PinnedCertificates | None = None, now: datetime = forge.NOW
) -> bool:
    """Whether the message could be read at all.

    Fails when the engines answer differently, or when an element is handed out that does not say what was verified.
    """
    envelope = read(data)
    if envelope is None:
        return False
    # The strict one first: the general one registers ids in the tree.
    strictly, generally = (forge.verdict(engine, envelope, pinned=pinned, now=now) for engine in (strict, general))
    assert strictly in (None, generally), data
    if isinstance(strictly, VerifiedEnvelope):
        assert strictly.element is not None
        assert sender_name(strictly.element) == sender_name(etree.fromstring(strictly.content)), data
    tally.add(strictly, generally)
    return True


def spoilt(random: Random, base: Base, mutations: tuple[Mutation, ...]) -> bytes:
    data = base.data
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        data = random.choice(mutations)(random, data)
    return resigned(random, data, base.signer) if random.random() < 0.6 else data


def run(tally: EngineTally, random: Random, mutations: tuple[Mutation, ...], *, until: int) -> None:
    for base in cycle(BASES):
        pinned, now = random.choice(OTHERS) if random.random() < 0.1 else (None, forge.NOW)
        compare(tally, spoilt(random, base, mutations), pinned, now)
        if tally.compared >= until:
            return


def test_the_engines_agree_on_thousands_of_spoilt_messages(record_property):
    random, inside, outside = Random(SEED), EngineTally(), EngineTally()

    run(inside, random, INSIDE, until=COMPARED // 3)
    run(outside, random, INSIDE + OUTSIDE, until=COMPARED - inside.compared)

    messages, taken = inside.compared + outside.compared, inside.taken + outside.taken
    record_property("figure", f"engines: {messages:,} messages, {taken:,} taken by both, disagreements 0")
    assert messages >= 20_000
    assert inside.taken > 0.8 * inside.compared, "inside our form the strict engine judges, and does not pass on"
    assert inside.accepted > 500
    assert outside.accepted > 500
    assert set(inside.codes) >= {
        Code.SIGNATURE_PROFILE,
        Code.SIGNATURE_INVALID,
        Code.BODY_TAMPERED,
        Code.UNKNOWN_SIGNER,
        Code.CERTIFICATE_EXPIRED,
        Code.TIMESTAMP_EXPIRED,
        Code.TIMESTAMP_IN_FUTURE,
    }


@pytest.mark.parametrize("base", [base for at, base in enumerate(BASES) if at % len(CONTENTS) == 0])
def test_the_engines_agree_on_every_odd_content_that_a_registered_party_may_sign(base):
    """Not by chance, but each once: with the digest of the canonical form, and with that of the bytes in place."""
    tally = EngineTally()
    for content in (*CONTENTS, *ODD_CONTENTS):
        start, end = base.data.index(b">", base.data.index(b"<soapenv:Body")) + 1, base.data.rindex(b"</soapenv:Body>")
        data = base.data[:start] + content + base.data[end:]
        for seed in range(8):
            compare(tally, resigned(Random(seed), data, base.signer))
    assert tally.accepted > len(CONTENTS)
    assert tally.taken > tally.accepted // 3


@pytest.mark.parametrize("base", BASES[:: len(CONTENTS)])
def test_the_engines_agree_whichever_byte_of_the_envelope_is_another(base):
    tally, random = EngineTally(), Random(SEED)
    for at in range(0, len(base.data), 7):
        changed = bytes([base.data[at] ^ random.choice((1, 2, 4, 32))])
        compare(tally, base.data[:at] + changed + base.data[at + 1 :])
    assert tally.compared > 0


@given(
    base=st.sampled_from(BASES),
    mutations=st.lists(st.sampled_from(INSIDE + OUTSIDE), min_size=1, max_size=4),
    seed=st.integers(0, 2**32 - 1),
    sign=st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_the_engines_agree_on_whatever_hypothesis_thinks_of(base, mutations, seed, sign):
    random, data = Random(seed), base.data
    for mutation in mutations:
        data = mutation(random, data)
    compare(EngineTally(), resigned(random, data, base.signer) if sign else data)
