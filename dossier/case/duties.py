"""Keys of the duties that code asks for by name; what they demand and how long they last stands in the rules."""

from __future__ import annotations

from typing import Final

CONSIDERATION: Final = "consideration"
"""To decide the appeal (Art. 76)."""
CURE: Final = "cure"
"""The applicant's right to cure defects (Art. 64(6))."""
CURE_WAIT: Final = "cure_wait"
"""Not to return the appeal before the term to cure is over (Art. 64(7)1)."""
EXTENSION_NOTICE: Final = "extension_notice"
"""To tell the applicant of an extension (Art. 76(3))."""
EXECUTE_RULING: Final = "execute_ruling"
"""To execute the court's ruling (Art. 171(2))."""
TRIAL: Final = "trial"
"""The court's own term (Art. 146); told, never watched."""
HEARING_NOTICE: Final = "hearing_notice"
"""The time that must pass between the preliminary decision and the act (Art. 73)."""
HEARING_OBJECTION: Final = "hearing_objection"
"""The applicant's right to object before the act (Art. 73)."""
FORWARD_COMPLAINT: Final = "forward_complaint"
"""To pass the complaint on with the file, or to satisfy it (Art. 91(4))."""
REVIEW: Final = "review"
"""The higher body's duty to decide on the complaint (Art. 99)."""
MATERIALS: Final = "materials"
"""To hand over what the first dossier lacks (Art. 75)."""
