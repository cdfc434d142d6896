"""What is told while telling fails: nothing, and the work goes on."""

from __future__ import annotations

import errno
import io

from gateway.process.log import Lines


class FullDisk(io.StringIO):
    """Takes lines while there is room."""

    is_full = True

    def flush(self) -> None:
        if self.is_full:
            raise OSError(errno.ENOSPC, "No space left on device")


def test_a_log_that_cannot_be_written_stops_nobody_and_is_written_again_when_it_can():
    disk = FullDisk()
    lines = Lines(disk)

    lines.error("lost")
    disk.is_full = False
    lines.warning("kept")

    assert disk.getvalue().endswith("kept\n")
