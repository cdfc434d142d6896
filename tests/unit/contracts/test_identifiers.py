import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.identifiers import check_digit, is_valid_bin, is_valid_iin, make_bin, make_iin


@pytest.mark.parametrize("number", ["971240001315", "940140000385", "160440007161"])
def test_published_bins_of_organisations_are_valid(number):
    assert is_valid_bin(number)
    assert not is_valid_iin(number)


def test_the_second_weights_are_used_when_the_first_sum_gives_ten():
    assert check_digit("90010130160") == 8


def test_a_number_is_never_issued_when_both_sums_give_ten():
    assert check_digit("90010130161") is None
    assert not any(is_valid_iin(f"90010130161{digit}") for digit in range(10))


@given(st.integers(0, 9999), st.integers(0, 6))
def test_made_iins_are_valid_and_no_bins(serial, century_and_sex):
    number = make_iin("870314", century_and_sex=century_and_sex, serial=serial)

    assert is_valid_iin(number)
    assert not is_valid_bin(number)


@given(st.integers(0, 99999), st.integers(4, 6))
def test_made_bins_are_valid_and_no_iins(serial, kind):
    number = make_bin("9901", kind=kind, serial=serial)

    assert is_valid_bin(number)
    assert not is_valid_iin(number)


@given(st.integers(0, 9999), st.integers(1, 9))
def test_no_other_last_digit_will_do(serial, change):
    number = make_iin("870314", century_and_sex=3, serial=serial)

    assert not is_valid_iin(f"{number[:11]}{(int(number[11]) + change) % 10}")


@pytest.mark.parametrize("text", ["", "87031430012", "8703143001260", "87031430012a", "٨٧٠٣١٤٣٠٠١٢٦", " 87031430012"])
def test_anything_but_twelve_digits_is_invalid(text):
    assert not is_valid_iin(text)
    assert not is_valid_bin(text)


@pytest.mark.parametrize("birth", ["871314", "870014", "870332", "870300"])
def test_a_day_that_is_none_is_invalid(birth):
    assert not is_valid_iin(make_iin(birth, century_and_sex=3, serial=1))
