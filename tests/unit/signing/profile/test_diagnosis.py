"""A signature that is refused for its form is told all that is wrong with it, at once."""

import pytest
from lxml import etree

from contracts.codes import Code
from contracts.remedies import MAX_TROUBLES, Trouble
from signing.errors import SignatureRefused
from signing.profile.diagnosis import diagnose
from tests.worlds.signing import forge, forms
from tests.worlds.signing.attacks import DSIG
from tests.worlds.signing.forge import one, reference
from tests.worlds.signing.vectors import index

C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
OF_THE_FORM = {Code.SIGNATURE_PROFILE, Code.SIGNATURE_MISSING}


def troubles_of(root: etree._Element) -> list[Trouble]:
    with pytest.raises(SignatureRefused) as refusal:
        forge.judge(root)
    return [found.trouble for found in refusal.value.troubles]


def test_all_that_zeep_does_wrong_by_default_is_told_at_once():
    root = forge.honest()
    one(root, "//wsse:Security").remove(one(root, "//wsu:Timestamp"))
    one(root, "//ds:SignedInfo").remove(reference(root, "timestamp"))
    one(root, "//ds:SignatureMethod").set("Algorithm", f"{DSIG}rsa-sha1")
    one(root, "//ds:DigestMethod").set("Algorithm", f"{DSIG}sha1")
    assert troubles_of(root) == [Trouble.TIMESTAMP_MISSING, Trouble.SIGNATURE_METHOD, Trouble.DIGEST_METHOD]


def test_what_was_found_and_where_stands_with_each():
    root = forge.honest()
    one(reference(root, "body"), ".//ds:Transform").set("Algorithm", C14N)
    (found,) = diagnose(root)
    assert found.found == C14N
    assert found.path == "Envelope/Header/Security/Signature/SignedInfo/Reference/Transforms/Transform"


def test_honest_messages_have_nothing_wrong():
    assert diagnose(forge.honest()) == ()
    assert [name for name, (root, _) in forms.forms().items() if diagnose(root)] == []


def test_parts_that_are_not_signed_are_named_with_what_is():
    root = forge.honest()
    one(root, "//ds:SignedInfo").remove(reference(root, "timestamp"))
    (found,) = diagnose(root)
    assert (found.trouble, found.found) == (Trouble.TIMESTAMP_UNSIGNED, "#body")


def test_no_attack_on_the_form_is_left_without_a_word_and_few_with_the_detail_alone(record_property):
    """Which key goes with which algorithm, say, is not seen by looking at the message."""
    attacks = [vector for vector in index() if vector.code in OF_THE_FORM]
    found = {vector.file: troubles_of(forge.read(vector.data).root) for vector in attacks}
    assert all(found.values())
    alone = [file for file, troubles in found.items() if troubles == [Trouble.OTHER]]
    record_property("figure", f"diagnosis: {len(found) - len(alone)} of {len(found)} hostile forms told in words")
    assert len(alone) < len(found) // 6, alone


def test_a_hostile_header_does_not_make_the_answer_long():
    root = forge.honest()
    one(root, "//wsse:Security").extend([etree.Element("{urn:x}x") for _ in range(1000)])
    assert len(diagnose(root)) == MAX_TROUBLES
