"""A call imports its own command, and help imports none."""

import json
import subprocess
import sys

from gateway.cli import COMMANDS

PROGRAM = """
import json, sys
from gateway.cli import main
sys.argv = ["dalel", *sys.argv[1:]]
try:
    main()
except SystemExit:
    pass
print(json.dumps(sorted(name for name in sys.modules if name.startswith(("gateway.", "aiohttp", "sqlalchemy")))))
"""


def imported_by(*words: str) -> list[str]:
    ran = subprocess.run([sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, check=True)
    return json.loads(ran.stdout.splitlines()[-1])


def test_help_imports_no_command():
    commands = {f"gateway.cli.{place.partition(':')[0]}" for place in COMMANDS.values()}

    imported = imported_by("--help")

    assert "gateway.cli.frame" in imported
    assert commands.isdisjoint(imported)
    assert [name for name in imported if not name.startswith("gateway.cli")] == []


def test_a_command_is_imported_without_the_others():
    imported = imported_by("nodes", "--help")

    assert "gateway.cli.nodes" in imported
    assert {"gateway.cli.alarms", "gateway.cli.users", "gateway.cli.serve"}.isdisjoint(imported)


def test_a_word_that_is_nearly_a_command_is_answered_with_the_command(run):
    ran = run("node")

    assert ran.code == 2
    assert "Did you mean 'nodes'?" in ran.err
