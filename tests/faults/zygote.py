"""A process that has imported the gateway and forks one ``dalel`` per order, so that a restart costs no imports.

It has no thread and no event loop: a child begins as a freshly started ``dalel`` would after its imports, and runs the
same ``main``. One JSON order per line on standard input, one JSON answer per line on standard output:

- ``{"do": "start", "arguments": […], "environment": {…}, "log": path, "deed": null or {"point", "passage"}}`` → its pid
- ``{"do": "reap", "pid": n}`` → how it ended, once it has ended

When standard input ends, or this process does, so do the children that are left.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import pkgutil
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

PACKAGES = ("contracts", "signing", "dossier", "connectors", "gateway")
DRIVERS = ("uvloop", "psycopg", "psycopg_binary", "sqlite3", "sqlalchemy.dialects.postgresql.psycopg",
           "sqlalchemy.dialects.sqlite.pysqlite", "alembic.command", "alembic.ddl.sqlite", "alembic.ddl.postgresql",
           "tests.faults.points")  # fmt: skip

_PR_SET_PDEATHSIG = 1  # prctl(2)
_LIBC = ctypes.CDLL(None, use_errno=True)


def import_everything() -> None:
    """Our packages whole, but for scripts that act when imported, and what they load late."""
    for package in map(importlib.import_module, PACKAGES):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if ".migrations" not in module.name and not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    for driver in DRIVERS:
        importlib.import_module(driver)


def answer(order: Mapping[str, Any], children: set[int]) -> int:
    match order["do"]:
        case "start":
            pid = os.fork()
            if pid == 0:
                become(order)
            children.add(pid)
            return pid
        case "reap":
            _, status = os.waitpid(order["pid"], 0)
            children.discard(order["pid"])
            return os.waitstatus_to_exitcode(status)
        case unknown:
            raise ValueError(f"no such order: {unknown}")


def become(order: Mapping[str, Any]) -> NoReturn:
    """In the child: be ``dalel`` with these arguments, in a session of its own, and die where the order says."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setsid()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, nothing), (1, log), (2, log)):
        os.dup2(source, target)
    os.environ.update(order["environment"])
    sys.argv = ["dalel", *order["arguments"]]
    code = 1
    try:
        from gateway.cli import main
        from tests.faults.points import arm

        if order["deed"]:
            arm(order["deed"]["point"], order["deed"]["passage"])
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def serve_orders() -> None:
    children: set[int] = set()
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line), children)), flush=True)
    for pid in children:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    import_everything()
    gc.freeze()  # shared pages stay shared
    if threading.active_count() != 1 or len(list(Path("/proc/self/task").iterdir())) != 1:
        sys.exit("an import started a thread; what is forked from here would be broken")
    print(json.dumps(os.getpid()), flush=True)
    serve_orders()
