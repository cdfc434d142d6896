"""The files of an export in their folder: under the id or the name that the record gives, and with its digest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dossier.importing.record import ImportedAppeal, ImportedFile
from dossier.packaging.layout import safe_name
from gateway.service.cases.importing import ImportTrouble
from gateway.service.cases.keeping import UploadedFile

Found = UploadedFile | ImportTrouble


def wholes_of(imported: ImportedAppeal, folder: Path | None) -> Iterator[Found]:
    """The parts of the record, then its files, in the order in which the case names them; or what is wrong with one."""
    flat = imported.number.replace("/", "_")
    for part in imported.record:
        name = safe_name(f"{flat}-{part.name}")
        yield UploadedFile.at_hand(imported.number, name, part.media_type, part.content)
    for place, file in enumerate(imported.files, 1):
        yield _whole(f"files[{place}]", imported.number, flat, file, folder)


def _whole(field: str, number: str, flat: str, file: ImportedFile, folder: Path | None) -> Found:
    path = _find(flat, file, folder)
    if path is None:
        where = f"in {folder}" if folder else "without --files"
        return ImportTrouble(field, f"{file.file_name} is not there {where}", "name the folder in which the files lie")
    try:
        whole = UploadedFile.at(f"{number} {field}", safe_name(file.file_name), file.media_type, path)
    except OSError as broken:
        return ImportTrouble(field, f"{path.name} cannot be read: {broken.strerror}", "make it readable")
    if file.sha256 not in {None, whole.sha256}:
        message = f"{path.name} has another SHA-256 than the record says"
        return ImportTrouble(field, message, "fetch the file anew from the source")
    return whole


def _find(flat: str, file: ImportedFile, folder: Path | None) -> Path | None:
    """In the appeal's own folder first: names like application.pdf come many times. Never above the folder."""
    if folder is None:
        return None
    plain = [key for key in file.keys if Path(key).name == key]
    places = [place / key for place in (folder / flat, folder) for key in plain]
    return next((path for path in places if path.is_file()), None)
