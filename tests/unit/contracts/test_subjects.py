"""Which subject codes lie below which."""

import pytest

from contracts.identifiers import covers


@pytest.mark.parametrize(
    ("pattern", "subject"),
    [("*", "HOUSING"), ("HOUSING", "HOUSING"), ("HOUSING", "HOUSING-QUEUE"), ("LAND.CADASTRE", "LAND.CADASTRE.ERROR")],
)
def test_a_code_covers_itself_and_what_lies_below_it(pattern, subject):
    assert covers(pattern, subject)


@pytest.mark.parametrize(("pattern", "subject"), [("TAX", "TAXI"), ("HOUSING-QUEUE", "HOUSING"), ("LAND", "HOUSING")])
def test_a_code_covers_neither_its_parent_nor_a_word_that_only_begins_like_it(pattern, subject):
    assert not covers(pattern, subject)
