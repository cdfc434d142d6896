"""The key by which persons are found: a file beside the other keys, made at the first start that needs it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from gateway.domain.people.persons import KEY_BYTES, PersonKey
from signing.errors import KeyUnusable


def open_person_key(path: Path) -> PersonKey:
    """Read it, or make one that only we may read. Raises KeyUnusable.

    Of several nodes each needs the same file; one that has another finds nobody, and says so on the page.
    """
    try:
        if not path.exists():
            _make(path)
        secret = path.read_bytes()
    except OSError as problem:
        raise KeyUnusable(
            f"{path} cannot be read or made: {problem}. Mend its rights, or name another person_key."
        ) from (problem)
    if len(secret) != KEY_BYTES:
        raise KeyUnusable(f"{path} is no key of {KEY_BYTES} bytes. Restore it, or remove it and have a new one made.")
    return PersonKey(secret)


def _make(path: Path) -> None:
    """Whole or not at all: under another name first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # another process may have made one meanwhile: then that one counts
    except FileExistsError:
        pass
    finally:
        draft.unlink()
