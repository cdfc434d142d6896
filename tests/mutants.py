"""Change the modules that count legal terms in every small way, one change at a time: do their tests notice?

What is changed, and by which tests it is judged, stands in pyproject.toml under ``tool.mutmut``. Which changes nobody
can notice, and why, stands in docs/measuring.md.

    python -m tests.mutants
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

WORK: Final = Path("mutants")
LEAST_PERCENT: Final = 90


def main() -> int:
    """Run all mutants anew; name those that survived, then tell the figure. 1 when it is too low, or unknown."""
    shutil.rmtree(WORK, ignore_errors=True)
    run = mutmut("run")
    if run.returncode:
        print(run.stdout[-4000:], run.stderr[-4000:], sep="\n")
        return 1
    print(mutmut("results").stdout, end="")
    mutmut("export-cicd-stats")
    count = json.loads((WORK / "mutmut-cicd-stats.json").read_text(encoding="utf-8"))
    total, killed = count["total"], count["killed"] + count["timeout"]
    percent = 100 * killed / max(total, 1)
    print(f"mutants {total}, killed {killed} ({percent:.1f} %)")
    return 0 if percent >= LEAST_PERCENT else 1


def mutmut(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "mutmut", *words], capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
