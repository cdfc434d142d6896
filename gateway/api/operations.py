"""All operations: what is not here is not served, and what is here is described."""

from __future__ import annotations

from typing import Any, Final

from gateway.api.operation import ApiOperation
from gateway.api.resources import (
    alarms,
    appeals,
    audit,
    causes,
    deliveries,
    downloads,
    health,
    incidents,
    ledger,
    notes,
    parties,
    reports,
    users,
)

OPERATIONS: Final[tuple[ApiOperation[Any, Any, Any], ...]] = (
    *deliveries.OPERATIONS,
    *parties.OPERATIONS,
    *appeals.OPERATIONS,
    *downloads.OPERATIONS,
    *ledger.OPERATIONS,
    *audit.OPERATIONS,
    *reports.OPERATIONS,
    *alarms.OPERATIONS,
    *incidents.OPERATIONS,
    *causes.OPERATIONS,
    *notes.OPERATIONS,
    *users.OPERATIONS,
    *health.OPERATIONS,
)
