"""What concerns every suite."""

import os

import pytest

os.environ.pop("COLUMNS", None)  # tables fold words at the width of whoever runs the tests: to workers it is 80


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests gave with ``record_property("figure", …)``: they come from worker processes, too."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "figure":
                terminalreporter.write_line(str(value))
