"""The pages of the console, as its navigation lists them: what a role may not see is not offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gateway.domain.people.access import Right, UserRole, authorise
from gateway.texts.language import marked


@dataclass(frozen=True, slots=True)
class ConsoleSection:
    """``path``: below the prefix; the pages under it belong to the section, too. ``name``: English of the catalogue."""

    path: str
    name: str
    right: Right = Right.SEE

    def holds(self, path: str) -> bool:
        """Whether the page at ``path``, below the prefix, is one of its own."""
        return path == self.path or (self.path != "/" and path.startswith(f"{self.path}/"))


@dataclass(frozen=True, slots=True)
class SectionGroup:
    """Sections that are used together."""

    name: str
    sections: tuple[ConsoleSection, ...]


GROUPS: Final = (
    SectionGroup(
        marked("Work"),
        (
            ConsoleSection("/", marked("Overview")),
            ConsoleSection("/alarms", marked("Alarms")),
            ConsoleSection("/deliveries", marked("Deliveries")),
            ConsoleSection("/dead-letters", marked("Dead letters")),
            ConsoleSection("/appeals", marked("Appeals")),
            ConsoleSection("/terms", marked("Terms")),
            ConsoleSection("/reports", marked("Reports")),
            ConsoleSection("/refusals", marked("Refusals at intake")),
        ),
    ),
    SectionGroup(
        marked("Set-up"),
        (ConsoleSection("/parties", marked("Parties")),),
    ),
    SectionGroup(
        marked("Control"),
        (
            ConsoleSection("/audit", marked("Audit log"), Right.AUDIT),
            ConsoleSection("/accesses", marked("Accesses"), Right.AUDIT),
            ConsoleSection("/users", marked("Users"), Right.USERS),
            ConsoleSection("/ledger", marked("Ledger and seals")),
            ConsoleSection("/health", marked("Health")),
        ),
    ),
    SectionGroup(
        marked("Help"),
        (
            ConsoleSection("/desk", marked("Support desk")),
            ConsoleSection("/incidents", marked("Incidents")),
            ConsoleSection("/notes", marked("Notes")),
            ConsoleSection("/causes", marked("Frequent causes")),
            ConsoleSection("/codes", marked("Fault codes")),
        ),
    ),
)


def groups_for(role: UserRole) -> tuple[SectionGroup, ...]:
    """What the role may see."""
    seen = (
        SectionGroup(group.name, tuple(one for one in group.sections if authorise(role, one.right).is_allowed))
        for group in GROUPS
    )
    return tuple(group for group in seen if group.sections)
