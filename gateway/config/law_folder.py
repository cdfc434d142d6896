"""The law that this exchange decides by: the rules the settings name, with the files of an operator's own first."""

from __future__ import annotations

from pathlib import Path

from dossier.procedure.law import Law, load_law
from dossier.procedure.law.calendar import TABLE
from dossier.procedure.law.law_file import PACKAGED, LawFile, OwnFiles, UnusableLaw
from dossier.procedure.law.rules_file import load_rules
from gateway.config.settings import Settings


def law_in_force(settings: Settings) -> Law:
    """Read once, at the start. Raises ``UnusableLaw``, also for a file that nobody asks for: a name may be misspelt."""
    own = own_files(settings.law_folder) if settings.law_folder else PACKAGED
    for file in own:
        if file.name != TABLE:
            load_rules(file.name, own)
    return load_law(settings.rules, own)


def own_files(folder: Path) -> OwnFiles:
    """Every ``*.toml`` of the folder, in the order of their names."""
    if not folder.is_dir():
        raise UnusableLaw(f"law_folder: {folder} is no folder")
    return tuple(LawFile(path.stem, _text(path)) for path in sorted(folder.glob("*.toml")))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise UnusableLaw(f"{path} cannot be read: {problem}") from problem
