"""The pages of the console, as its navigation lists them: what a role may not see is not offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gateway.console.language import marked
from gateway.domain.access import Right, Role, may


@dataclass(frozen=True, slots=True)
class Section:
    """``path``: below the prefix; the pages under it belong to the section, too. ``name``: English of the catalogue."""

    path: str
    name: str
    right: Right = Right.SEE

    def holds(self, path: str) -> bool:
        """Whether the page at ``path``, below the prefix, is one of its own."""
        return path == self.path or (self.path != "/" and path.startswith(f"{self.path}/"))


@dataclass(frozen=True, slots=True)
class Group:
    """Sections that are used together."""

    name: str
    sections: tuple[Section, ...]


GROUPS: Final = (
    Group(
        marked("Work"),
        (
            Section("/", marked("Overview")),
            Section("/alarms", marked("Alarms")),
            Section("/deliveries", marked("Deliveries")),
            Section("/dead-letters", marked("Dead letters")),
            Section("/appeals", marked("Appeals")),
            Section("/terms", marked("Terms")),
            Section("/reports", marked("Reports")),
            Section("/refusals", marked("Refusals at intake")),
        ),
    ),
    Group(
        marked("Set-up"),
        (Section("/parties", marked("Parties")),),
    ),
    Group(
        marked("Control"),
        (
            Section("/audit", marked("Audit log"), Right.AUDIT),
            Section("/accesses", marked("Accesses"), Right.AUDIT),
            Section("/users", marked("Users"), Right.USERS),
            Section("/ledger", marked("Ledger and seals")),
            Section("/health", marked("Health")),
        ),
    ),
    Group(
        marked("Help"),
        (
            Section("/desk", marked("Support desk")),
            Section("/incidents", marked("Incidents")),
            Section("/notes", marked("Notes")),
            Section("/causes", marked("Frequent causes")),
            Section("/codes", marked("Fault codes")),
        ),
    ),
)


def groups_for(role: Role) -> tuple[Group, ...]:
    """What the role may see."""
    seen = (Group(group.name, tuple(one for one in group.sections if may(role, one.right))) for group in GROUPS)
    return tuple(group for group in seen if group.sections)
