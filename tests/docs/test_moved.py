"""No test was lost when folders and names moved: the table of renames is whole."""

from __future__ import annotations

from tools.testmap import check_tree, report


def test_every_former_test_is_still_there_under_the_name_that_the_table_gives():
    assert list(report(check_tree())) == []
