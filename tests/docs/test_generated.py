"""The pages that code tells are what the code says now."""

from __future__ import annotations

import subprocess
import sys

from tests.docs.pages import ROOT


def test_generated_pages_are_what_the_generator_prints():
    checked = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr
