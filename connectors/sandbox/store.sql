-- What a simulated party remembers. Everything it promised stands here before the promise leaves.

CREATE TABLE IF NOT EXISTS inbox (
    message_id      TEXT PRIMARY KEY,
    digest          TEXT NOT NULL,
    action          TEXT NOT NULL,
    conversation_id TEXT,
    operation       BLOB NOT NULL,
    answer          BLOB,                -- operation bytes of the answer; NULL until the message has been examined
    received_at     REAL NOT NULL
);

CREATE TABLE IF NOT EXISTS duties (     -- what the party has set itself to do, and when
    duty_id         INTEGER PRIMARY KEY,
    token           TEXT NOT NULL UNIQUE, -- names the duty's uploads, so that a repeated upload is the same one
    kind            TEXT NOT NULL,
    conversation_id TEXT,
    message_id      TEXT,                -- the message that caused it
    note            TEXT NOT NULL,       -- JSON, per kind
    due_at          REAL NOT NULL,
    tries           INTEGER NOT NULL DEFAULT 0,
    done            INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS duties_open ON duties (due_at) WHERE NOT done;
CREATE INDEX IF NOT EXISTS duties_of ON duties (conversation_id) WHERE NOT done;

CREATE TABLE IF NOT EXISTS outbox (     -- the party's own messages: the same operation bytes until answered
    outbox_id       INTEGER PRIMARY KEY,
    message_id      TEXT NOT NULL UNIQUE,
    lane            TEXT NOT NULL,       -- the conversation; within it, order holds
    service         TEXT NOT NULL,
    name            TEXT NOT NULL,
    operation       BLOB NOT NULL,
    tries           INTEGER NOT NULL DEFAULT 0,
    due_at          REAL NOT NULL,
    state           TEXT NOT NULL DEFAULT 'due',   -- due | acknowledged | refused
    answer          BLOB,                -- the envelope that ended it
    note            TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS outbox_open ON outbox (lane, outbox_id) WHERE state = 'due';

CREATE TABLE IF NOT EXISTS appeals (    -- platform: what it lodged, under its own reference
    reference       TEXT PRIMARY KEY,
    message_id      TEXT NOT NULL UNIQUE,
    appeal_number   TEXT UNIQUE,
    conversation_id TEXT
);

CREATE TABLE IF NOT EXISTS notices (    -- platform: what the applicant was told; agency: what it was told itself
    message_id      TEXT PRIMARY KEY,
    appeal_number   TEXT NOT NULL,
    notice          TEXT NOT NULL        -- JSON
);
CREATE INDEX IF NOT EXISTS notices_of ON notices (appeal_number);

CREATE TABLE IF NOT EXISTS dossiers (   -- court: accepted claims, each a case
    dossier_no      INTEGER PRIMARY KEY, -- N of the case number
    message_id      TEXT NOT NULL UNIQUE,
    appeal_number   TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    sha256          TEXT NOT NULL,
    size            INTEGER NOT NULL,
    accepted_at     REAL NOT NULL
);

CREATE TABLE IF NOT EXISTS filings (    -- court: every dossier that was accepted, and no others
    message_id      TEXT PRIMARY KEY,
    appeal_number   TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    document_id     TEXT NOT NULL,
    purpose         TEXT NOT NULL,       -- claim | supplement | cured | appealed
    supplements     TEXT,                -- the document of the claim that it belongs to
    sha256          TEXT NOT NULL,
    size            INTEGER NOT NULL,
    accepted_at     REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS filings_of ON filings (conversation_id);
