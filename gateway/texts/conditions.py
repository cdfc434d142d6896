"""What is said of each part of the exchange, and what helps, in the three languages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from contracts.party import LocalText as T
from gateway.texts.text_file import TextFile


class ConditionPart(StrEnum):
    """What is looked at."""

    DATABASE = "database"
    DOCUMENTS = "documents"
    INTAKE = "intake"
    MESSAGE_KEY = "message_key"
    SEAL_KEY = "seal_key"
    TIME_STAMPS = "time_stamps"
    DISK = "disk"
    CLOCK = "clock"
    LEDGER = "ledger"
    LEDGER_CHECK = "ledger_check"
    REVOCATION = "revocation"
    NODES = "nodes"
    LOOPS = "loops"
    BACKLOG = "backlog"
    DEAD_LETTERS = "dead_letters"
    PARTIES = "parties"


_TEXTS: Final = TextFile(Path(__file__).with_suffix(".toml"))
PARTS: Final[Mapping[ConditionPart, T]] = _TEXTS.table_of("parts", ConditionPart)

HEALTHS: Final[Mapping[str, T]] = _TEXTS.table("healths")


def filled(text: T, **values: object) -> T:
    """The words with these values in their places."""
    return T(text.kk.format(**values), text.ru.format(**values), text.en.format(**values))


DATABASE_ANSWERS: Final = _TEXTS.text("database_answers")
NO_DATABASE: Final = _TEXTS.text("no_database")
START_DATABASE: Final = _TEXTS.text("start_database")

DOCUMENTS_WRITABLE: Final = _TEXTS.text("documents_writable")
NO_DOCUMENTS: Final = _TEXTS.text("no_documents")
MEND_DOCUMENTS: Final = _TEXTS.text("mend_documents")

INTAKE_OPEN: Final = _TEXTS.text("intake_open")
INTAKE_CLOSED: Final = _TEXTS.text("intake_closed")
OPEN_INTAKE: Final = _TEXTS.text("open_intake")
NODE_LEAVES: Final = _TEXTS.text("node_leaves")
OTHERS_GO_ON: Final = _TEXTS.text("others_go_on")

KEY_DAYS: Final = _TEXTS.text("key_days")
KEY_ENDED: Final = _TEXTS.text("key_ended")
KEY_NOT_REPLACED: Final = _TEXTS.text("key_not_replaced")
ORDER_KEY: Final = _TEXTS.text("order_key")
NEW_KEY: Final = _TEXTS.text("new_key")
MEND_NEW_KEY: Final = _TEXTS.text("mend_new_key")

AUTHORITY_ANSWERS: Final = _TEXTS.text("authority_answers")
NO_AUTHORITY: Final = _TEXTS.text("no_authority")
NAME_AUTHORITY: Final = _TEXTS.text("name_authority")
AUTHORITY_AWAY: Final = _TEXTS.text("authority_away")
CALL_AUTHORITY: Final = _TEXTS.text("call_authority")

DISK_FREE: Final = _TEXTS.text("disk_free")
DISK_UNKNOWN: Final = _TEXTS.text("disk_unknown")
WAIT_FOR_LOOK: Final = _TEXTS.text("wait_for_look")
MAKE_ROOM: Final = _TEXTS.text("make_room")

CLOCK_ALONE: Final = _TEXTS.text("clock_alone")
CLOCK_OFF: Final = _TEXTS.text("clock_off")
SET_CLOCK: Final = _TEXTS.text("set_clock")

SEALED: Final = _TEXTS.text("sealed")
UNSEALED: Final = _TEXTS.text("unsealed")
LOOK_FOR_SEALER: Final = _TEXTS.text("look_for_sealer")
LEDGER_BROKEN: Final = _TEXTS.text("ledger_broken")
NAME_ROWS: Final = _TEXTS.text("name_rows")
CHECK_HELD: Final = _TEXTS.text("check_held")
CHECK_FAILED: Final = _TEXTS.text("check_failed")
CHECKED_LONG_AGO: Final = _TEXTS.text("checked_long_ago")
NEVER_CHECKED: Final = _TEXTS.text("never_checked")
CHECK_NIGHTLY: Final = _TEXTS.text("check_nightly")

NONE_REVOKED: Final = _TEXTS.text("none_revoked")
REVOKED: Final = _TEXTS.text("revoked")
CALL_PARTY: Final = _TEXTS.text("call_party")
REVOCATION_UNKNOWN: Final = _TEXTS.text("revocation_unknown")
CALL_RESPONDER: Final = _TEXTS.text("call_responder")

PATH_INVALID: Final = _TEXTS.text("path_invalid")
NO_PATH: Final = _TEXTS.text("no_path")
MEND_PATH: Final = _TEXTS.text("mend_path")

NODES_THERE: Final = _TEXTS.text("nodes_there")
NODE_SILENT: Final = _TEXTS.text("node_silent")
START_NODE: Final = _TEXTS.text("start_node")
VERSIONS_DIFFER: Final = _TEXTS.text("versions_differ")
UPDATE_ALL: Final = _TEXTS.text("update_all")
LOOPS_LED: Final = _TEXTS.text("loops_led")
NOBODY_LEADS: Final = _TEXTS.text("nobody_leads")
RESTART_NODE: Final = _TEXTS.text("restart_node")

WAITING: Final = _TEXTS.text("waiting")
READ_OLDEST: Final = _TEXTS.text("read_oldest")
DEAD_LETTERS: Final = _TEXTS.text("dead_letters")
MEND_AND_RESEND: Final = _TEXTS.text("mend_and_resend")
PARTIES_SILENT: Final = _TEXTS.text("parties_silent")
CALL_SILENT: Final = _TEXTS.text("call_silent")

# --- what /health/live and /health/ready say of their checks --------------------------------------------------------

PROCESS: Final = "process"

_WELL: Final = {**_TEXTS.table("well"), "intake": INTAKE_OPEN}
_NOT_WELL: Final = {**_TEXTS.table("not_well"), "node": NODE_LEAVES}
_ELSE: Final = _TEXTS.table("else")
_TEXTS.end()


def probe_words(name: str, *, ok: bool) -> T:
    """What a check comes to, without the particulars, which may name machines and folders."""
    return _WELL.get(name, _ELSE["well"]) if ok else _NOT_WELL.get(name, _ELSE["not_well"])
