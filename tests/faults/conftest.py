"""PostgreSQL for the fault tests that run over it."""

from tests.worlds.postgres import postgres  # noqa: F401 - a fixture
