"""A law of judging: whatever is done to the bytes, what still holds says what was signed."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sandbox.authorities.ca import Usage
from contracts import xmlsafe
from contracts.soap import SOAP_ENV
from signing.errors import OrderRefused
from signing.localservice import LocalSignatures
from signing.service import SignatureAnswer
from signing.trust.revocation import RevocationValues
from signing.xades.document import read_document_signatures
from tests.worlds.signing import forge

ENVELOPE = f'<S:Envelope xmlns:S="{SOAP_ENV}"><S:Body><a>жер</a></S:Body></S:Envelope>'.encode()
DOCUMENT = "<appeal><text>жер</text></appeal>".encode()
DATA = b"what the citizen wrote"

KEY = forge.authority().issue("Сот", bin="210640004156", usage=Usage.SEAL, now=forge.NOW, key_kind="P-256")
CRL = forge.authority().revocation_list([], now=forge.NOW, next_update=forge.NOW + timedelta(hours=1))
SERVICE = LocalSignatures(
    lambda: KEY,
    anchors=lambda: [forge.authority().key.certificate],
    now=lambda: forge.NOW,
    body_id=lambda: "id-1",
    values=lambda _: RevocationValues(crls=(CRL,)),
)
SIGNED_BODY = asyncio.run(SERVICE.sign_body(ENVELOPE))
SIGNED_DOCUMENT = asyncio.run(SERVICE.sign_document(DOCUMENT))
SIGNED_DATA = asyncio.run(SERVICE.sign_data(DATA))


@st.composite
def mutations(draw, whole: bytes) -> bytes:
    """One to three bytes changed, removed or doubled."""
    mutated = bytearray(whole)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(mutated) - 1))
        match draw(st.sampled_from(("change", "remove", "double"))):
            case "change":
                mutated[at] = draw(st.integers(0, 255))
            case "remove":
                del mutated[at]
            case _:
                mutated.insert(at, mutated[at])
    return bytes(mutated)


def holds(judged) -> bool:
    try:
        return asyncio.run(judged).verdict is SignatureAnswer.HOLDS
    except OrderRefused:
        return False


@settings(max_examples=400, deadline=None)
@given(mutations(SIGNED_BODY))
def test_an_envelope_that_still_holds_has_the_body_that_was_signed(mutated):
    if holds(SERVICE.judge_body(mutated)):
        body, signed = (xmlsafe.canonical(xmlsafe.parse(each)[-1]) for each in (mutated, SIGNED_BODY))
        assert body == signed


@settings(max_examples=400, deadline=None)
@given(mutations(SIGNED_DOCUMENT))
def test_a_document_that_still_holds_is_the_one_that_was_signed(mutated):
    if holds(SERVICE.judge_document(mutated)):
        assert read_document_signatures(mutated)[0].signed == read_document_signatures(SIGNED_DOCUMENT)[0].signed


@settings(max_examples=400, deadline=None)
@given(mutations(SIGNED_DATA))
def test_a_cms_that_still_holds_names_the_same_signer(mutated):
    try:
        opinion = asyncio.run(SERVICE.judge_data(DATA, mutated))
    except OrderRefused:
        return
    assert opinion.verdict is not SignatureAnswer.HOLDS or opinion.holders[0].serial == KEY.certificate.serial


@settings(max_examples=200, deadline=None)
@given(mutations(DATA))
def test_a_cms_holds_for_no_other_data(mutated):
    assert mutated == DATA or not holds(SERVICE.judge_data(mutated, SIGNED_DATA))


@pytest.mark.parametrize("order", ["sign_body", "sign_document", "judge_body", "judge_document"])
@given(garbage=st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_garbage_is_refused_in_our_words(order, garbage):
    with pytest.raises(OrderRefused):
        asyncio.run(getattr(SERVICE, order)(garbage))
