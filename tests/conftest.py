"""What concerns every suite."""

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("dalel", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dalel")  # how fast this machine is today is no law of ours

os.environ.pop("COLUMNS", None)  # tables fold words at the width of whoever runs the tests: to workers it is 80


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests gave with ``record_property("figure", …)``: they come from worker processes, too."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "figure":
                terminalreporter.write_line(str(value))
