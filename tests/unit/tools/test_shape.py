"""The shape of a tiny tree, to the line."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.docs.pages import ROOT
from tools.shape.__main__ import main
from tools.shape.lines import Lines
from tools.shape.measure import read_words, shape_of
from tools.shape.names import Long
from tools.shape.recipes import Recipe, played, read_recipes, spellings, touched
from tools.shape.report import details, rows, table
from tools.shape.tree import tree_at, tree_on_disk

PYPROJECT = """[tool.setuptools.packages.find]
include = ["shop*"]
"""
DESK = '''"""The desk."""

# Why: the clerk
# is slow.

LIMIT = 3
"""At once."""


class Desk:
    """Takes orders,
    one by one."""

    def __init__(self, store):  # handed in
        self._store = store

    async def take(self, order, at, *, urgent=False):
        """Keep it."""
        return await self._store.keep(rows.add, order, at, urgent=urgent)

    def count(self):
        return self._store.count()

    def newest(self, limit):
        return self._store.newest(limit + 1)

    def close(self):
        self._store.close()


class Order:
    told_at = """not
a docstring"""
'''
STORE = """class Order: ...


def look_told(asked):
    for each in asked:
        told = each
    return told
"""
SQL = "CREATE TABLE orders (\n  told_at INTEGER\n);\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    contents = {
        "pyproject.toml": PYPROJECT,
        "shop/__init__.py": "",
        "shop/desk.py": DESK,
        "shop/rows/store.py": STORE,
        "shop/rows/tables.sql": SQL,
        "shop/picture.svg": "<svg/>\n",
        "shopping.md": "# no product\n",
        "tests/test_desk.py": "def test_take_order():\n    assert True\n",
        "docs/desk.md": "TakeOrder\n",
    }
    for name, text in contents.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_product_and_tests_are_measured_apart(root):
    shape = shape_of(tree_on_disk(root))

    assert (shape.product.files, shape.product.modules, shape.product.other_lines) == (4, 3, 3)
    assert (shape.tests.files, shape.tests.modules, shape.tests.lines) == (1, 1, Lines(code=2))


def test_lines_are_code_docstrings_comments_or_blank(root):
    lines = shape_of(tree_on_disk(root)).product.lines

    assert lines == Lines(code=20, docstring=5, comment=2, blank=13)
    assert lines.total == len(DESK.splitlines()) + len(STORE.splitlines())


def test_functions_are_listed_by_their_length(root):
    longest = shape_of(tree_on_disk(root)).product.longest

    assert longest[:3] == (
        Long(4, "shop/rows/store.py::look_told"),
        Long(3, "shop/desk.py::take"),
        Long(2, "shop/desk.py::__init__"),
    )


def test_a_method_that_hands_on_what_it_was_given_only_forwards(root):
    product = shape_of(tree_on_disk(root)).product

    assert product.forwards == ("shop/desk.py::Desk.take", "shop/desk.py::Desk.count", "shop/desk.py::Desk.close")


def test_a_name_of_two_classes_is_told_with_its_places(root):
    product = shape_of(tree_on_disk(root)).product

    assert product.twice == {"Order": ("shop/desk.py", "shop/rows/store.py")}


def test_old_words_are_counted_where_names_are_given(root):
    words = read_words("# of before\ntold\n\nasked  # by whom\nlooked\n")

    assert words == {"told", "asked", "looked"}
    assert shape_of(tree_on_disk(root), (), words).product.old_words == {"told": 3, "asked": 1}


def test_a_folder_with_more_than_twenty_five_modules_is_full(root):
    for number in range(25):
        (root / f"shop/rows/m{number}.py").write_text("", encoding="utf-8")

    assert shape_of(tree_on_disk(root)).product.full == {"shop/rows": 26}


def test_a_package_that_moved_below_another_folder_is_still_the_product(root):
    (root / "src").mkdir()
    (root / "shop").rename(root / "src/shop")
    (root / "pyproject.toml").write_text(PYPROJECT + 'where = ["src"]\n', encoding="utf-8")

    assert tree_on_disk(root).packages == ("src/shop/",)
    assert shape_of(tree_on_disk(root)).product.modules == 3


# --- recipes --------------------------------------------------------------------------------------------------------


def test_a_thing_is_found_in_every_spelling_and_as_a_whole_word():
    assert spellings("TakeOrder") == spellings("take_order") == spellings("take-order")
    assert spellings("TakeOrder") == ("TakeOrder", "takeOrder", "take_order", "TAKE_ORDER", "take-order")
    files = {
        "a.py": b"TakeOrder()",
        "b.sql": b"x.take_order",
        "c.po": b"d:takeOrder>",
        "d.py": b"mistake_orders TakeOrders",
        "e/old.py": b"TAKE_ORDER",
    }

    found = touched(Recipe("operation", ("TakeOrder",), without=("e/*",)), files)

    assert found.by_probe == {"TakeOrder": ("a.py", "b.sql", "c.po")}


def test_the_figure_is_the_median_of_the_probes_that_are_there():
    files = {"a.py": b"one two three", "b.py": b"two three", "c.py": b"three"}

    assert touched(Recipe("column", ("one", "two", "three", "gone")), files).figure == 2
    assert touched(Recipe("column", ("gone",)), files).figure == 0


def test_a_thing_that_was_renamed_is_one_probe():
    assert touched(Recipe("column", ("old_name|new_name",)), {"a.py": b"new_name"}).figure == 1


def test_a_text_is_looked_for_as_it_stands():
    files = {"a.html": b'_("Take it, now")', "b.po": b"take_it_now"}

    assert touched(Recipe("text", ("Take it, now",), exactly=True), files).by_probe["Take it, now"] == ("a.html",)


def test_the_own_list_of_a_recipe_names_files_that_are_there():
    found = touched(Recipe("column", (), files=("rows/*.py", "forms/*")), {"rows/a.py": b"", "rows/b.py": b""})

    assert (found.listed, found.unmatched) == (2, ("forms/*",))


def test_a_key_that_no_recipe_has_is_refused():
    assert read_recipes('[[recipe]]\nname = "x"\nprobes = ["a"]\naim = 2\n') == (Recipe("x", ("a",), aim=2),)
    with pytest.raises(TypeError, match="prboes"):
        read_recipes('[[recipe]]\nname = "x"\nprboes = []\n')


# --- what is printed ------------------------------------------------------------------------------------------------


def git(root: Path, *command: str) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.kz", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *command], cwd=root, check=True, capture_output=True)


def test_a_revision_stands_beside_the_tree_as_it_is(root):
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "before")
    (root / "shop/rows/store.py").unlink()
    (root / "shop/fresh.py").write_text("told_at = 1\n", encoding="utf-8")
    recipe = Recipe("column", ("told_at",), aim=2)

    shapes = [shape_of(tree, (recipe,)) for tree in (tree_at(root, "HEAD"), tree_on_disk(root))]
    printed = {" ".join(line.split()) for line in table(list(rows(shapes, (recipe,))), ("HEAD", "now"))}

    assert "product: modules 3 3 ≤ 700 reached" in printed
    assert "product: lines of Python 40 34 ≤ 78,000 reached" in printed
    assert "files for one column 2 3 ≤ 2 not yet" in printed


def test_the_lists_behind_the_figures_are_printed(root):
    recipe = Recipe("column", ("told_at", "gone_at"))

    printed = list(details(shape_of(tree_on_disk(root), (recipe,), frozenset({"told"})), (recipe,)))

    assert "      2 Order: shop/desk.py, shop/rows/store.py" in printed
    assert "      2 name told_at" in printed
    assert "      0 name gone_at" in printed


def test_the_command_prints_figures_for_people_and_for_programs(root, capsys):
    (root / "tools").mkdir()
    (root / "tools/recipes.toml").write_text('[[recipe]]\nname = "column"\nprobes = ["told_at"]\n', encoding="utf-8")
    (root / "tools/old_words.txt").write_text("told\n", encoding="utf-8")

    assert main(root, []) == 0
    assert "files for one column                                  2\n" in capsys.readouterr().out
    assert main(root, ["--json"]) == 0
    now = json.loads(capsys.readouterr().out)["now"]
    assert now["product"]["old_words"] == {"told": 3}
    assert now["recipes"]["column"]["by_probe"] == {"told_at": ["shop/desk.py", "shop/rows/tables.sql"]}
    assert now["recipes"]["column"]["figure"] == 2


def test_what_recipes_state_is_read_from_their_page():
    page = (
        "## Before\n**Files impacted (1):** x\n\n# Recipes\n\n## An order\n\n**Files impacted (3):** `a` · `b` · `c`\n"
    )

    assert played(page) == {"An order": 3}
    assert played((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))["An operation"] <= 9


PRODUCT = tree_on_disk(ROOT).product()
RECIPES = read_recipes((ROOT / "tools/recipes.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_what_the_recipes_look_for_is_there(recipe):
    found = touched(recipe, PRODUCT)

    assert [probe for probe, paths in found.by_probe.items() if not paths] == []
    assert found.unmatched == ()
