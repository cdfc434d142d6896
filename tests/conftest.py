"""What concerns every suite."""

import os

import pytest
import structlog

os.environ.pop("COLUMNS", None)  # tables fold words at the width of whoever runs the tests: to workers it is 80


@pytest.fixture(autouse=True)
def logs_as_structlog_writes_them_by_itself():
    """A command that ran in this process and set up its logs must not set up those of the tests that follow it."""
    yield
    if structlog.is_configured():
        structlog.reset_defaults()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests gave with ``record_property("figure", …)``: they come from worker processes, too."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "figure":
                terminalreporter.write_line(str(value))
