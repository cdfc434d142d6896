"""Attacks on the ZIP itself, each a function from the files of a good container to bytes.

They know nothing of signatures, so they are played on dossiers of ours, too.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

from tests.foreign.zips import END, UTF8, Item, write_zip

EVIL = b"The akimat agrees.\n"
Trick = Callable[[Sequence[Item]], bytes]


def _with(name: str) -> Trick:
    return lambda items: write_zip([*items, Item(name, EVIL)])


def _last(items: Sequence[Item], **changes: object) -> bytes:
    return write_zip([*items[:-1], items[-1].but(**changes)])


def prepended_bytes(items: Sequence[Item]) -> bytes:
    """A script before the ZIP, with every offset moved along."""
    return write_zip(items, prefix=b"#!/bin/sh\necho evil\n")


def prepended_bytes_unnoticed(items: Sequence[Item]) -> bytes:
    """A script before the ZIP, with the offsets left as they were."""
    return b"#!/bin/sh\necho evil\n" + write_zip(items)


def appended_bytes(items: Sequence[Item]) -> bytes:
    """Bytes behind the end record."""
    return write_zip(items, suffix=b"evil")


def archive_comment(items: Sequence[Item]) -> bytes:
    """A comment of bytes that no writer names itself with: room for anything."""
    return write_zip(items, comment=b"evil\x00\x01")


def end_record_in_comment(items: Sequence[Item]) -> bytes:
    """The comment is itself an end record, of an empty ZIP: readers from behind see that one."""
    return write_zip(items, comment=END.pack(0x06054B50, 0, 0, 0, 0, 0, 0, 0))


def two_archives(items: Sequence[Item]) -> bytes:
    """A whole other ZIP before the good one: readers from the front see that one."""
    return write_zip([Item("mimetype", items[0].data), Item("evil.txt", EVIL)]) + write_zip(items)


def encryption_flag(items: Sequence[Item]) -> bytes:
    """A file is marked as encrypted and is not."""
    return _last(items, flags=UTF8 | 1)


def patched_data_flag(items: Sequence[Item]) -> bytes:
    """A file is marked as a patch (bit 5)."""
    return _last(items, flags=UTF8 | 0x20)


def hidden_local_entry(items: Sequence[Item]) -> bytes:
    """A file that the central directory does not list: readers from the front unpack it."""
    return write_zip(items, hidden=Item("evil.txt", EVIL))


def hidden_bytes_between(items: Sequence[Item]) -> bytes:
    """Bytes between two files that belong to neither."""
    return write_zip([items[0], items[1].but(gap=b"evil"), *items[2:]])


def local_name_of_another(items: Sequence[Item]) -> bytes:
    """The local header gives the file another name than the central directory."""
    last = items[-2]
    return write_zip([*items[:-2], last.but(local_name=f"X{last.name[1:]}"), items[-1]])


def local_size_of_another(items: Sequence[Item]) -> bytes:
    """The local header gives the file another size than the central directory."""
    return write_zip([items[0], items[1].but(local_size=3), *items[2:]])


def symbolic_link(items: Sequence[Item]) -> bytes:
    """A file is marked as a link, to what it contains."""
    return _last(items, mode=0o120777)


def needless_zip64(items: Sequence[Item]) -> bytes:
    """64-bit sizes beside 32-bit ones: readers take one or the other."""
    return _last(items, extra=struct.pack("<HHQQ", 1, 16, 5, 5))


def second_name_in_extra_field(items: Sequence[Item]) -> bytes:
    """Info-ZIP's Unicode path field gives the file a second name."""
    body = b"\x01" + bytes(4) + b"evil.txt"
    return _last(items, extra=struct.pack("<HH", 0x7075, len(body)) + body)


def broken_extra_field(items: Sequence[Item]) -> bytes:
    """An extra field that is longer than its room."""
    return _last(items, extra=struct.pack("<HH", 0x5455, 99) + b"x")


def comment_of_a_file(items: Sequence[Item]) -> bytes:
    """A file has a comment of bytes: room for anything."""
    return _last(items, comment=b"evil\x00\x01")


def unknown_method(items: Sequence[Item]) -> bytes:
    """A file is packed by LZMA."""
    return _last(items, method=14)


def folder_with_contents(items: Sequence[Item]) -> bytes:
    """A folder that holds bytes of its own."""
    return write_zip([*items, Item("documents/", EVIL)])


def name_in_unknown_letters(items: Sequence[Item]) -> bytes:
    """A name beyond ASCII that is not marked as UTF-8: programs guess."""
    return write_zip([*items, Item("құжат.txt", EVIL, flags=0)])


def overlapping_files(items: Sequence[Item]) -> bytes:
    """Two entries of the central directory point to one file: how bombs grow without bound."""
    data = bytearray(write_zip([*items, Item("evil.txt", EVIL)]))
    central = data.rindex(b"PK\x01\x02")
    before = data.rindex(b"PK\x01\x02", 0, central)
    data[central + 42 : central + 46] = data[before + 42 : before + 46]
    return bytes(data)


def deflate_bomb(items: Sequence[Item]) -> bytes:
    """Half a kilobyte that says it is three gigabytes."""
    return write_zip([*items, Item("bomb.txt", b"", packed=bytes(512), size=3 * 1024**3, crc=1, deflated=True)])


def many_bombs(items: Sequence[Item]) -> bytes:
    """As 42.zip: files that are harmless alone and fill a disk together."""
    bombs = [
        Item(f"{number:02d}.zip", b"", packed=bytes(512), size=0xF000_0000, crc=1, deflated=True)
        for number in range(16)
    ]
    return write_zip([*items, *bombs])


def more_files_than_there_are(items: Sequence[Item]) -> bytes:
    """The end record announces 60 000 files."""
    data = bytearray(write_zip(items))
    place = len(data) - END.size
    data[place + 8 : place + 12] = struct.pack("<HH", 60_000, 60_000)
    return bytes(data)


def several_disks(items: Sequence[Item]) -> bytes:
    """The end record says that this is the second disk."""
    data = bytearray(write_zip(items))
    place = len(data) - END.size
    data[place + 4 : place + 8] = struct.pack("<HH", 1, 1)
    return bytes(data)


def two_endings(items: Sequence[Item]) -> bytes:
    """The end record and its 64-bit kin name different directories."""
    data = write_zip(items)
    end = END.unpack(data[-END.size :])
    place = len(data) - END.size
    wide = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 1, 1, end[5], end[6])
    locator = struct.pack("<IIQI", 0x07064B50, 0, place, 1)
    return data[:place] + wide + locator + data[place:]


TRICKS: dict[str, Trick] = {
    trick.__name__.replace("_", "-"): trick
    for trick in (
        prepended_bytes, prepended_bytes_unnoticed, appended_bytes, archive_comment, end_record_in_comment,
        two_archives, encryption_flag, patched_data_flag, hidden_local_entry, hidden_bytes_between,
        local_name_of_another, local_size_of_another, symbolic_link, needless_zip64, second_name_in_extra_field,
        broken_extra_field, comment_of_a_file, unknown_method, folder_with_contents, name_in_unknown_letters,
        overlapping_files, deflate_bomb, many_bombs, more_files_than_there_are, several_disks, two_endings,
    )
}  # fmt: skip
NAMES: dict[str, tuple[str, str]] = {
    "path-traversal": ("../evil.txt", "A name that leads out of the folder."),
    "path-traversal-inside": ("META-INF/../evil.txt", "A name that goes down and up again."),
    "absolute-path": ("/etc/evil.txt", "A name from the root of the disk."),
    "backslash": ("..\\evil.txt", "A way up as Windows writes it."),
    "drive-letter": ("C:evil.txt", "A name on another drive."),
    "stream-name": ("reply.pdf:evil", "A hidden stream of a file, as NTFS names it."),
    "nul-in-name": ("evil.exe\x00.pdf", "A name that ends early for programs in C."),
    "line-end-in-name": ("evil\n.pdf", "A name of two lines."),
    "right-to-left-name": ("evil\u202efdp.exe", "A name that shows itself as exe.pdf."),
    "dot-folder": ("./evil.txt", "A second way to write a name."),
}
TRICKS |= {name: _with(path) for name, (path, _) in NAMES.items()}
