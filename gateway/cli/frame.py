"""What all commands share: where the home folder is, how a failure is told, how answers are printed."""

from __future__ import annotations

import getpass
import json
import os
import sys
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, IntEnum, StrEnum
from pathlib import Path
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from contracts.party import LocalText

ALMATY: Final = ZoneInfo("Asia/Almaty")
"""The zone that terms are counted in, so also the one that people read times in, wherever the machine stands."""

_PAPER: Final = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 140
"""Width of what goes into a file or pipe; Rich would fold tables at 80."""
_PAPER_LINES: Final = None if _PAPER is None else 100
"""Given with the width: Rich asks a dumb terminal for neither only when it has both."""

out = Console(highlight=False, width=_PAPER, height=_PAPER_LINES)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class Exit(IntEnum):
    """What the exit code tells a script."""

    OK = 0
    FAILED = 1  # the thing asked for failed, or a check found a fault
    USAGE = 2  # the command was called wrongly; nothing was done
    INDETERMINATE = 3  # neither proven right nor proven wrong
    UNREACHABLE = 4  # a server, file or lock we need is not there or is taken


class CommandFailed(Exception):
    """A command cannot do what it was asked. The text says what happened and what to do next."""

    def __init__(self, text: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(text)
        self.code = code


class CliLanguage(StrEnum):
    """Language of what is told about an appeal."""

    KK = "kk"
    RU = "ru"
    EN = "en"


Home = Annotated[
    Path, typer.Option("--home", envvar="DALEL_HOME", help="Folder of the installation.", show_default=True)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
Lang = Annotated[CliLanguage, typer.Option("--lang", help="Language of what is told: kk, ru or en.")]

DEFAULT_HOME = Path("dalel-home")


def print_json(value: object) -> None:
    """Print one JSON document; instants with offset, spans in seconds, bytes as lower-case hex."""
    print(json.dumps(plain(value), ensure_ascii=False, indent=2))  # noqa: T201 - Rich would wrap long lines


def plain(value: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """``value`` in terms of JSON."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [plain(item) for item in value]
    return _plain_scalar(value)


def _plain_scalar(value: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
    match value:
        case Enum():
            return value.value
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case bytes():
            return value.hex()
        case Path():
            return str(value)
        case _:
            return value


def when(instant: datetime | None) -> str:
    """Almaty time to the second, for people; empty when there is none."""
    return instant.astimezone(ALMATY).strftime("%Y-%m-%d %H:%M:%S") if instant else ""


def localized(text: LocalText, language: CliLanguage) -> str:
    """The words in one language."""
    words: str = getattr(text, language.value)
    return words


def operator() -> str:
    """Who acts, for the audit log: the login name of this machine."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except OSError:  # a uid without a name, as containers have
        return f"uid {os.getuid()}"
