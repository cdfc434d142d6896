"""Find the Debian program ``xmlsec1``, the judge of our signatures that is not part of us."""

from __future__ import annotations

import os
import shutil
import subprocess

INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends", "xmlsec1")


def require_xmlsec1() -> str:
    """Return its path, installing it where we may; a test that needs a judge fails without one, it never skips."""
    path = shutil.which("xmlsec1") or _installed()
    if path is None:
        raise AssertionError("the program xmlsec1 is missing: run  sudo apt-get install xmlsec1")
    return path


def _installed() -> str | None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (INSTALL, ("apt-get", "update"), INSTALL):  # without lists, the first try fails
        done = subprocess.run(command, env=environment, capture_output=True, timeout=300, check=False)
        if done.returncode == 0 and command is INSTALL:
            break
    return shutil.which("xmlsec1")
