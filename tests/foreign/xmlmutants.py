"""Change the XML of an honest container by chance that can be repeated; the ZIP around it is written anew."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from tests.foreign.zips import Item, write_zip

_TAG = re.compile(rb"<[^>]+>")
_ELEMENT = re.compile(rb"<((?:ds|xades|xades141|manifest):\w[\w-]*)[^>]*?(?:/>|>.*?</\1>)", re.DOTALL)
_LETTERS = b' <>"=#/AZaz09&;%\n'
_PIECES = (b" ", b"\n", b"<x/>", b"&#32;", b"A", b"=", b"%20", b"<!--x-->", b' a="1"', b' Id="S0"')


def mutants(items: Sequence[Item], names: Sequence[str], count: int, seed: int) -> Iterator[bytes]:
    """``count`` containers, each with one change in one of the files named."""
    chance = random.Random(seed)
    for _ in range(count):
        name = chance.choice(names)
        yield write_zip([item.but(data=_changed(item.data, chance)) if item.name == name else item for item in items])


def _changed(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data))
    match chance.randrange(6):
        case 0:
            return data[:place] + bytes([chance.choice(_LETTERS)]) + data[place + 1 :]
        case 1:
            return data[:place] + data[place + chance.randrange(1, 4) :]
        case 2:
            return data[:place] + chance.choice(_PIECES) + data[place:]
        case 3:
            start, end = chance.choice([found.span() for found in _TAG.finditer(data)])
            return data[:start] + data[end:]
        case 4:
            tags = [found.span() for found in _TAG.finditer(data)]
            (start, end), (target, _) = chance.choice(tags), chance.choice(tags)
            return data[:target] + data[start:end] + data[target:]
        case _:
            start, end = chance.choice([found.span() for found in _ELEMENT.finditer(data)])
            return data[:start] + data[end:] if chance.random() < 0.5 else data[:end] + data[start:end] + data[end:]
