"""What people and programs did, who looked at personal data, and what was refused at intake."""

from __future__ import annotations

from typing import Any, Final

from gateway.api.listed import list_operation
from gateway.api.operation import ApiOperation
from gateway.lists.accesses import ACCESSES
from gateway.lists.acts import ACTS
from gateway.lists.refusals import REFUSALS

OPERATIONS: Final[tuple[ApiOperation[Any, Any, Any], ...]] = (
    list_operation(ACTS),
    list_operation(ACCESSES),
    list_operation(REFUSALS),
)
