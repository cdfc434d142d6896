"""Papers that a simulated party makes at run time: PDF/A with Kazakh and Russian text, composed by typst."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files

import typst


@dataclass(frozen=True, slots=True)
class SandboxPaper:
    """What stands on one paper.

    ``rows``: particulars, a name and its value each. ``date``: DD.MM.YYYY. Texts: a paragraph per line.
    """

    issuer: str
    title_kk: str
    title_ru: str
    number: str
    date: str
    rows: tuple[tuple[str, str], ...]
    text_kk: str
    text_ru: str
    signed_by: str


@lru_cache(maxsize=32)  # samples are lodged again and again
def compose(paper: SandboxPaper) -> bytes:
    """PDF/A-2b bytes of the paper; the same paper gives the same bytes. Some 10 ms of CPU: call it in a thread."""
    template = files(__package__).joinpath("paper.typ").read_bytes()
    inputs = {"paper": json.dumps(asdict(paper), ensure_ascii=False)}
    pdf = typst.compile(template, sys_inputs=inputs, pdf_standards=["a-2b"], ignore_system_fonts=True, timestamp=0)
    if not isinstance(pdf, bytes):
        raise TypeError("a PDF is one file")
    return pdf
