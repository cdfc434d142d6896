"""Every trouble has words in three languages, and a fault that lists them is a fault of the contract."""

import pytest
from lxml import etree

from contracts import soap
from contracts.codes import Code
from contracts.errors import Violation
from contracts.remedies import MAX_FOUND, FoundTrouble, Trouble, remedy_of, toolkits, violations_of, words_of


@pytest.mark.parametrize("trouble", Trouble)
def test_each_trouble_has_words_in_three_languages_and_settings_of_known_toolkits(trouble):
    remedy = remedy_of(trouble)
    assert len({remedy.text.kk, remedy.text.ru, remedy.text.en}) == 3
    assert remedy.settings.keys() <= toolkits().keys()


def test_the_words_name_all_at_once_and_each_once():
    words = words_of([FoundTrouble(Trouble.TIMESTAMP_MISSING), FoundTrouble(Trouble.DIGEST_METHOD, "sha1")] * 2)
    assert words is not None
    assert words.en.count("There is no Timestamp") == 1
    assert "digest is by sha1" in words.en
    assert "Нет Timestamp" in words.ru
    assert "Timestamp жоқ" in words.kk


def test_nothing_wrong_needs_no_words():
    assert words_of([]) is None


def test_each_violation_has_its_place_and_the_settings_of_the_toolkits():
    (violation,) = violations_of([FoundTrouble(Trouble.DIGEST_METHOD, "sha1", 7, "Envelope/Header")])
    assert (violation.line, violation.path) == (7, "Envelope/Header")
    assert "digest_method=xmlsec.Transform.SHA256" in violation.message


def test_what_is_quoted_is_cut_and_made_printable():
    """It comes from a message that nobody has proven."""
    long = FoundTrouble(Trouble.TRANSFORM, "\x01{found}" + "x" * 10_000)
    fault = soap.build_fault(Code.SIGNATURE_PROFILE, detail="", troubles=[long] * 100)
    read = soap.parse_fault(etree.fromstring(fault))
    assert read is not None
    assert len(fault) < 200_000
    assert all(len(violation.message) < MAX_FOUND + 600 for violation in read.violations)


def test_a_fault_lists_troubles_behind_violations_of_its_own():
    own = Violation(1, "a", "b")
    fault = soap.build_fault(
        Code.SIGNATURE_PROFILE, detail="d", violations=[own], troubles=[FoundTrouble(Trouble.ASIDES)]
    )
    read = soap.parse_fault(etree.fromstring(fault))
    assert read is not None
    assert read.violations[0] == own
    assert len(read.violations) == 2
    assert read.text.en.startswith("The signature has a form that the exchange does not accept. There is a comment")
