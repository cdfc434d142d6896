"""All operations: what is not here is not served, and what is here is described."""

from __future__ import annotations

from typing import Any, Final

from gateway.api import deliveries, health
from gateway.api.operation import Operation

OPERATIONS: Final[tuple[Operation[Any, Any, Any], ...]] = (
    *deliveries.OPERATIONS,
    *health.OPERATIONS,
)
