import re

import pytest

from contracts.codes import Code, Disposition, Fault
from contracts.texts import text_of

KAZAKH_LETTERS = set("әіңғүұқөһӘІҢҒҮҰҚӨҺ")


@pytest.mark.parametrize("code", list(Code))
def test_every_code_says_what_happened_and_what_to_do_in_three_languages(code):
    words = text_of(code)

    for text in (words.text, words.cure):
        for sentence in (text.kk, text.ru, text.en):
            assert re.fullmatch(r"[^\s\"].{10,300}\.", sentence), sentence
        assert KAZAKH_LETTERS & set(text.kk), text.kk
        assert not KAZAKH_LETTERS & set(text.ru), text.ru
        assert re.search("[а-я]", text.ru), text.ru
        assert not re.search("[а-яА-Я]", text.en), text.en


def test_no_two_codes_read_alike():
    assert len({text_of(code).text.kk for code in Code}) == len(Code)
    assert len({text_of(code).text.en for code in Code}) == len(Code)


def test_only_we_are_at_fault_for_server_codes_and_those_are_repeated():
    server = {code for code in Code if text_of(code).fault is Fault.SERVER}

    assert server == {Code.SERVER_BUSY, Code.INTERNAL, Code.CERTIFICATE_UNCHECKED}
    assert all(text_of(code).disposition is Disposition.RETRY for code in server)
