"""The pages of the project, and the fenced blocks and links in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]

_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One fenced block; ``info`` is what stands behind the fence, such as ``sh background``."""

    page: Path
    info: str
    code: str

    @property
    def language(self) -> str:
        return self.info.split(" ")[0]


def name_of(page: Path) -> str:
    """The page's path from the root, as tests show it."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    """Every fenced block in order."""
    text = page.read_text(encoding="utf-8")
    return [Block(page, match["info"].strip(), match["code"]) for match in _FENCE.finditer(text)]


def links(page: Path) -> Iterator[tuple[str, str]]:
    """Words and target of all links outside of fenced blocks."""
    yield from _LINK.findall(_prose(page))


def code_words(page: Path) -> Iterator[str]:
    """What stands between single backticks outside of fenced blocks."""
    yield from _CODE.findall(_prose(page))


def anchors(page: Path) -> set[str]:
    """The page's headings as the anchors that a renderer makes of them."""
    return {_slug(heading) for heading in _HEADING.findall(_prose(page))}


def _prose(page: Path) -> str:
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def _slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
