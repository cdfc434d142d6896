"""Where former tests went, and which went nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.testmap import BrokenTable, check, check_tree, read_list, read_renames, report, suggestions, written_list
from tools.written import written_ids

FORMER = ("tests/a/test_one.py::test_x", "tests/a/test_one.py::test_y", "tests/a/b/test_two.py::TestIt::test_z")


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.with_suffix(".py").parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".py").write_text(text, encoding="utf-8")
    return folder


def test_tests_are_read_with_their_classes_and_without_parameters(tmp_path):
    source = """
@pytest.mark.parametrize("n", [1, 2])
def test_one(n): ...
async def test_two(): ...
def helper(): ...
class TestIt:
    def test_three(self): ...
    def other(self): ...
class NoTest:
    def test_four(self): ...
TestMachine = Machine.TestCase
"""
    root = written(tmp_path, tests__unit__test_it=source, tests__unit__other="def test_five(): ...")

    assert written_ids(root) == {
        "tests/unit/test_it.py::test_one",
        "tests/unit/test_it.py::test_two",
        "tests/unit/test_it.py::TestIt::test_three",
        "tests/unit/test_it.py::TestMachine::runTest",
    }


def test_a_list_is_read_as_it_was_written():
    text = written_list(FORMER)

    assert text.splitlines()[:2] == ["tests/a/b/test_two.py", " TestIt::test_z"]
    assert sorted(read_list(text)) == sorted(FORMER)


def test_a_tree_that_has_not_moved_needs_no_row():
    assert check(FORMER, frozenset(FORMER), {}).is_whole


def test_a_test_that_is_gone_is_named_with_the_name_it_was_looked_for_under():
    now = frozenset({"tests/c/test_one.py::test_x", "tests/a/b/test_two.py::TestIt::test_z"})

    findings = check(FORMER, now, {"tests/a/test_one.py": "tests/c/test_one.py"})

    assert findings.missing == (("tests/a/test_one.py::test_y", "tests/c/test_one.py::test_y"),)
    assert list(report(findings)) == [
        "missing  tests/a/test_one.py::test_y  (looked for as tests/c/test_one.py::test_y)"
    ]


def test_the_longest_row_counts_and_only_that_one():
    renames = {
        "tests/a/": "tests/n/",
        "tests/a/b/test_two.py": "tests/m/test_two.py",
        "tests/a/test_one.py::test_y": "tests/o/test_one.py::test_said_otherwise",
        "tests/n/": "tests/nowhere/",
    }
    now = frozenset(
        {
            "tests/n/test_one.py::test_x",
            "tests/o/test_one.py::test_said_otherwise",
            "tests/m/test_two.py::TestIt::test_z",
        }
    )

    findings = check(FORMER, now, renames)

    assert (findings.missing, findings.shared, findings.idle) == ((), (), ("tests/n/",))


def test_a_class_takes_its_tests_along():
    renames = {"tests/a/b/test_two.py::TestIt": "tests/a/b/test_two.py::TestThat"}
    now = frozenset({*FORMER[:2], "tests/a/b/test_two.py::TestThat::test_z"})

    assert check(FORMER, now, renames).is_whole


def test_files_put_together_lose_no_test_by_its_name():
    former = ("tests/test_a.py::test_same", "tests/test_b.py::test_same")
    now = frozenset({"tests/test_c.py::test_same"})
    renames = {"tests/test_a.py": "tests/test_c.py", "tests/test_b.py": "tests/test_c.py"}

    assert check(former, now, renames).shared == (("tests/test_c.py::test_same", former),)
    said = {**renames, "tests/test_b.py::test_same": "tests/test_c.py::test_same"}
    assert check(former, now, {name: new for name, new in said.items() if name != "tests/test_b.py"}).is_whole


@pytest.mark.parametrize(
    "text",
    [
        "tests/a.py\n",
        "tests/a.py\t\n",
        "tests/a.py\ttests/b.py\ttests/c.py\n",
        "tests/a.py\ttests/b/\n",
        "tests/a/\ttests/b\n",
        "tests/a.py::test_x\ttests/b.py\n",
        "tests/a.py\ttests/b.py\ntests/a.py\ttests/c.py\n",
    ],
)
def test_a_table_that_can_be_misread_is_refused(text):
    with pytest.raises(BrokenTable, match="line"):
        read_renames(text)


def test_rows_are_suggested_for_what_stands_elsewhere_by_its_name():
    now = frozenset(
        {"tests/c/test_one.py::test_x", "tests/c/test_one.py::test_y", "tests/d/test_two.py::TestIt::test_z"}
    )
    findings = check(FORMER, now, {})

    rows = list(suggestions(findings, now))

    assert rows == ["tests/a/b/test_two.py\ttests/d/test_two.py", "tests/a/test_one.py\ttests/c/test_one.py"]
    assert check(FORMER, now, read_renames("\n".join(rows))).is_whole


def test_a_tree_is_checked_by_the_files_in_it(tmp_path):
    root = written(tmp_path, tests__new__test_a="def test_one(): ...")
    (root / "tests/moved").mkdir()
    (root / "tests/moved/before.txt").write_text("tests/old/test_a.py\n test_one\n test_two\n", encoding="utf-8")
    (root / "tests/moved/renames.tsv").write_text("# why\n\ntests/old/\ttests/new/\n", encoding="utf-8")

    findings = check_tree(root)

    assert [one for one, _ in findings.missing] == ["tests/old/test_a.py::test_two"]
