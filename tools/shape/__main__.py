"""``python -m tools.shape [--against REV] [--json]``: the shape of this tree, beside that of a revision."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from tools.shape.measure import Shape, read_words, shape_of
from tools.shape.recipes import read_recipes
from tools.shape.report import details, rows, table
from tools.shape.tree import tree_at, tree_on_disk

ROOT: Final = Path(__file__).parents[2]


def main(root: Path = ROOT, arguments: Sequence[str] | None = None) -> int:
    """Print, and judge nothing. Recipes and old words are those of ``root``, also for a revision."""
    parser = argparse.ArgumentParser(prog="python -m tools.shape", description="The shape of the tree in figures.")
    parser.add_argument("--against", metavar="REV", help="a revision to compare with")
    parser.add_argument("--json", action="store_true", help="print everything, for programs")
    given = parser.parse_args(arguments)
    recipes = read_recipes((root / "tools/recipes.toml").read_text(encoding="utf-8"))
    words = read_words((root / "tools/old_words.txt").read_text(encoding="utf-8"))
    trees = {given.against: tree_at(root, given.against)} if given.against else {}
    shapes = {head: shape_of(tree, recipes, words) for head, tree in {**trees, "now": tree_on_disk(root)}.items()}
    if given.json:
        sys.stdout.write(json.dumps({head: _plain(shape) for head, shape in shapes.items()}, indent=1) + "\n")
        return 0
    lines = [*table(list(rows(list(shapes.values()), recipes)), list(shapes)), *details(shapes["now"], recipes)]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


def _plain(shape: Shape) -> dict[str, object]:
    figures = {name: {"figure": touched.figure} for name, touched in shape.recipes.items()}
    plain = asdict(shape)
    plain["recipes"] = {name: {**given, **figures[name]} for name, given in plain["recipes"].items()}
    return plain


if __name__ == "__main__":
    sys.exit(main())
