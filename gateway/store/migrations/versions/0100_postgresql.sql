CREATE TABLE accesses (
    access_id BIGSERIAL NOT NULL,
    at BIGINT NOT NULL,
    reader TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    about VARCHAR,
    CONSTRAINT pk_accesses PRIMARY KEY (access_id)
);

CREATE INDEX ix_accesses_about ON accesses (about, access_id) WHERE about IS NOT NULL;

CREATE INDEX ix_accesses_at ON accesses (at);

CREATE INDEX ix_accesses_fetches ON accesses (reader, at) WHERE what = 'mailbox';

CREATE INDEX ix_accesses_looks ON accesses (access_id) WHERE what != 'mailbox';

CREATE INDEX ix_accesses_ours ON accesses (access_id) WHERE replace(reader, ':', '') != reader;

CREATE INDEX ix_accesses_ours_what ON accesses (what, access_id) WHERE replace(reader, ':', '') != reader;

CREATE INDEX ix_accesses_reader ON accesses (reader, access_id) WHERE what != 'mailbox';

CREATE INDEX ix_accesses_reader_what ON accesses (reader, what, access_id) WHERE what != 'mailbox';

CREATE INDEX ix_accesses_subject ON accesses (subject);

CREATE INDEX ix_accesses_what ON accesses (what, access_id) WHERE what != 'mailbox';

CREATE TABLE alarms (
    alarm_id BIGSERIAL NOT NULL,
    kind VARCHAR NOT NULL,
    subject TEXT NOT NULL,
    level VARCHAR NOT NULL,
    rank INTEGER NOT NULL,
    since BIGINT,
    count INTEGER,
    until BIGINT,
    raised_at BIGINT NOT NULL,
    louder_at BIGINT NOT NULL,
    notified_at BIGINT NOT NULL,
    acknowledged_at BIGINT,
    acknowledged_by TEXT,
    acknowledged_why TEXT,
    unseen_since BIGINT,
    returns INTEGER NOT NULL,
    cleared_at BIGINT,
    CONSTRAINT pk_alarms PRIMARY KEY (alarm_id),
    CONSTRAINT ck_alarms_level CHECK (level IN ('warn', 'alarm', 'page'))
);

CREATE INDEX ix_alarms_heeded ON alarms (level, alarm_id) WHERE cleared_at IS NULL AND acknowledged_at IS NOT NULL;

CREATE INDEX ix_alarms_heeded_kind ON alarms (kind, level, alarm_id) WHERE cleared_at IS NULL AND acknowledged_at IS NOT NULL;

CREATE INDEX ix_alarms_open ON alarms (alarm_id) WHERE cleared_at IS NULL;

CREATE INDEX ix_alarms_open_kind ON alarms (kind, alarm_id) WHERE cleared_at IS NULL;

CREATE INDEX ix_alarms_over ON alarms (alarm_id) WHERE cleared_at IS NOT NULL;

CREATE INDEX ix_alarms_over_kind ON alarms (kind, alarm_id) WHERE cleared_at IS NOT NULL;

CREATE INDEX ix_alarms_unheeded ON alarms (level, alarm_id) WHERE cleared_at IS NULL AND acknowledged_at IS NULL;

CREATE INDEX ix_alarms_unheeded_kind ON alarms (kind, level, alarm_id) WHERE cleared_at IS NULL AND acknowledged_at IS NULL;

CREATE UNIQUE INDEX ux_alarms_open ON alarms (kind, subject) WHERE cleared_at IS NULL;

CREATE TABLE audit_log (
    audit_id BIGSERIAL NOT NULL,
    at BIGINT NOT NULL,
    by TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    result TEXT NOT NULL,
    CONSTRAINT pk_audit_log PRIMARY KEY (audit_id)
);

CREATE INDEX ix_audit_log_about ON audit_log (subject, audit_id);

CREATE INDEX ix_audit_log_about_act ON audit_log (subject, act, audit_id);

CREATE INDEX ix_audit_log_act ON audit_log (act, audit_id);

CREATE INDEX ix_audit_log_at ON audit_log (at);

CREATE INDEX ix_audit_log_by ON audit_log (by, audit_id);

CREATE INDEX ix_audit_log_by_act ON audit_log (by, act, audit_id);

CREATE INDEX ix_audit_log_refused ON audit_log (audit_id) WHERE substr(result, 1, 7) = 'refused';

CREATE INDEX ix_audit_log_refused_act ON audit_log (act, audit_id) WHERE substr(result, 1, 7) = 'refused';

CREATE INDEX ix_audit_log_refused_by ON audit_log (by, audit_id) WHERE substr(result, 1, 7) = 'refused';

CREATE INDEX ix_audit_log_refused_by_act ON audit_log (by, act, audit_id) WHERE substr(result, 1, 7) = 'refused';

CREATE TABLE cause_counts (
    hour BIGINT NOT NULL,
    kind VARCHAR NOT NULL,
    cause TEXT NOT NULL,
    party VARCHAR NOT NULL,
    count INTEGER NOT NULL,
    CONSTRAINT pk_cause_counts PRIMARY KEY (hour, kind, cause, party),
    CONSTRAINT ck_cause_counts_kind CHECK (kind IN ('refusal', 'peer', 'breach'))
);

CREATE TABLE conversations (
    conversation_id VARCHAR NOT NULL,
    appeal_number VARCHAR NOT NULL,
    opened_by VARCHAR NOT NULL,
    opened_at BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    erased_at BIGINT,
    CONSTRAINT pk_conversations PRIMARY KEY (conversation_id),
    CONSTRAINT uq_conversations_appeal_number UNIQUE (appeal_number)
);

CREATE INDEX ix_conversations_kept ON conversations (opened_at) WHERE erased_at IS NULL;

CREATE TABLE documents (
    document_id VARCHAR NOT NULL,
    owner VARCHAR NOT NULL,
    size BIGINT NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    file_name VARCHAR NOT NULL,
    media_type VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_documents PRIMARY KEY (document_id),
    CONSTRAINT ck_documents_size CHECK (size >= 0)
);

CREATE INDEX ix_documents_sha256 ON documents (sha256);

CREATE TABLE envelopes (
    sha256 VARCHAR(64) NOT NULL,
    content BYTEA NOT NULL,
    kept_at BIGINT NOT NULL,
    CONSTRAINT pk_envelopes PRIMARY KEY (sha256)
);

CREATE TABLE lanes (
    party_id VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    failures INTEGER NOT NULL,
    since BIGINT,
    rest BIGINT,
    probe_at BIGINT,
    probe BIGINT,
    paced_until BIGINT,
    rests_until BIGINT,
    paused_at BIGINT,
    paused_by TEXT,
    pause_reason TEXT,
    CONSTRAINT pk_lanes PRIMARY KEY (party_id),
    CONSTRAINT ck_lanes_state CHECK (state IN ('closed', 'open', 'half_open')),
    CONSTRAINT ck_lanes_probe CHECK ((state = 'closed') = (probe_at IS NULL))
);

CREATE TABLE leaves (
    leaf_id BIGSERIAL NOT NULL,
    record VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    digest BYTEA NOT NULL,
    content BYTEA,
    salt BYTEA,
    at BIGINT NOT NULL,
    position BIGINT,
    CONSTRAINT pk_leaves PRIMARY KEY (leaf_id),
    CONSTRAINT uq_leaves_record_key UNIQUE (record, key),
    CONSTRAINT uq_leaves_position UNIQUE (position),
    CONSTRAINT ck_leaves_position CHECK (position >= 0)
);

CREATE INDEX ix_leaves_unsealed ON leaves (leaf_id) WHERE position IS NULL;

CREATE TABLE ledger_walks (
    name VARCHAR NOT NULL,
    leaf_id BIGINT NOT NULL,
    began_at BIGINT NOT NULL,
    ended_at BIGINT,
    faults INTEGER NOT NULL,
    former_faults INTEGER NOT NULL,
    first TEXT,
    CONSTRAINT pk_ledger_walks PRIMARY KEY (name)
);

CREATE TABLE listings (
    name VARCHAR NOT NULL,
    leaf_id BIGINT NOT NULL,
    persons_key VARCHAR,
    CONSTRAINT pk_listings PRIMARY KEY (name)
);

CREATE TABLE lost_blobs (
    sha256 VARCHAR(64) NOT NULL,
    lost_at BIGINT NOT NULL,
    CONSTRAINT pk_lost_blobs PRIMARY KEY (sha256)
);

CREATE TABLE nodes (
    name VARCHAR NOT NULL,
    host VARCHAR NOT NULL,
    pid INTEGER NOT NULL,
    version VARCHAR NOT NULL,
    schema_step VARCHAR NOT NULL,
    started_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    draining BOOLEAN NOT NULL,
    leads VARCHAR NOT NULL,
    CONSTRAINT pk_nodes PRIMARY KEY (name)
);

CREATE TABLE notes (
    note_id BIGSERIAL NOT NULL,
    at BIGINT NOT NULL,
    about VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    text TEXT NOT NULL,
    author VARCHAR NOT NULL,
    to_role VARCHAR,
    to_user VARCHAR,
    closed_at BIGINT,
    closed_by VARCHAR,
    erased_at BIGINT,
    CONSTRAINT pk_notes PRIMARY KEY (note_id),
    CONSTRAINT ck_notes_about CHECK (about IN ('appeal', 'delivery', 'party', 'incident'))
);

CREATE INDEX ix_notes_about ON notes (about, key, note_id);

CREATE INDEX ix_notes_done ON notes (note_id) WHERE closed_at IS NOT NULL;

CREATE INDEX ix_notes_kept ON notes (closed_at, note_id) WHERE closed_at IS NOT NULL AND erased_at IS NULL;

CREATE INDEX ix_notes_undone ON notes (note_id) WHERE closed_at IS NULL;

CREATE INDEX ix_notes_undone_about ON notes (about, key, note_id) WHERE closed_at IS NULL;

CREATE INDEX ix_notes_undone_author ON notes (author, note_id) WHERE closed_at IS NULL;

CREATE INDEX ix_notes_undone_role ON notes (to_role, note_id) WHERE closed_at IS NULL;

CREATE INDEX ix_notes_undone_user ON notes (to_user, note_id) WHERE closed_at IS NULL;

CREATE TABLE refused_requests (
    sha256 VARCHAR(64) NOT NULL,
    content BYTEA NOT NULL,
    signer VARCHAR,
    kept_at BIGINT NOT NULL,
    CONSTRAINT pk_refused_requests PRIMARY KEY (sha256)
);

CREATE INDEX ix_refused_requests_kept ON refused_requests (kept_at);

CREATE INDEX ix_refused_requests_signer ON refused_requests (signer, kept_at);

CREATE TABLE registry_versions (
    version INTEGER NOT NULL,
    applied_at BIGINT NOT NULL,
    applied_by VARCHAR NOT NULL,
    duty_body VARCHAR,
    CONSTRAINT pk_registry_versions PRIMARY KEY (version)
);

CREATE TABLE reply_buckets (
    bucket BIGINT NOT NULL,
    message_no BIGINT NOT NULL,
    CONSTRAINT pk_reply_buckets PRIMARY KEY (bucket, message_no)
);

CREATE INDEX ix_reply_buckets_message ON reply_buckets (message_no);

CREATE TABLE report_days (
    kind VARCHAR NOT NULL,
    day VARCHAR(10) NOT NULL,
    name VARCHAR NOT NULL,
    received INTEGER NOT NULL,
    on_time INTEGER NOT NULL,
    late INTEGER NOT NULL,
    silent INTEGER NOT NULL,
    open INTEGER NOT NULL,
    not_due INTEGER NOT NULL,
    extended INTEGER NOT NULL,
    formal INTEGER NOT NULL,
    disagreed INTEGER NOT NULL,
    higher INTEGER NOT NULL,
    court INTEGER NOT NULL,
    "both" INTEGER NOT NULL,
    nowhere INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    granted INTEGER NOT NULL,
    in_part INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    returned INTEGER NOT NULL,
    otherwise INTEGER NOT NULL,
    untold INTEGER NOT NULL,
    CONSTRAINT pk_report_days PRIMARY KEY (kind, day, name)
);

CREATE INDEX ix_report_days_name ON report_days (kind, name, day);

CREATE TABLE revocation_values (
    sha256 VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    der BYTEA NOT NULL,
    fetched_at BIGINT NOT NULL,
    CONSTRAINT pk_revocation_values PRIMARY KEY (sha256),
    CONSTRAINT ck_revocation_values_source CHECK (source IN ('ocsp', 'crl'))
);

CREATE TABLE schema_steps (
    step VARCHAR NOT NULL,
    runs_from VARCHAR NOT NULL,
    CONSTRAINT pk_schema_steps PRIMARY KEY (step)
);

CREATE TABLE tiles (
    tile_row INTEGER NOT NULL,
    tile_index BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    CONSTRAINT pk_tiles PRIMARY KEY (tile_row, tile_index)
);

CREATE TABLE tokens (
    token_id BIGSERIAL NOT NULL,
    name VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    token_sha256 VARCHAR(64) NOT NULL,
    hint VARCHAR NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    used_at BIGINT,
    CONSTRAINT pk_tokens PRIMARY KEY (token_id),
    CONSTRAINT ck_tokens_role CHECK (role IN ('viewer', 'operator', 'support', 'security_officer', 'auditor', 'admin')),
    CONSTRAINT uq_tokens_name UNIQUE (name),
    CONSTRAINT uq_tokens_token_sha256 UNIQUE (token_sha256)
);

CREATE TABLE tree_heads (
    tree_size BIGINT NOT NULL,
    first_position BIGINT NOT NULL,
    root BYTEA NOT NULL,
    at BIGINT NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT pk_tree_heads PRIMARY KEY (tree_size),
    CONSTRAINT uq_tree_heads_first_position UNIQUE (first_position),
    CONSTRAINT ck_tree_heads_range CHECK (first_position >= 0 AND first_position < tree_size)
);

CREATE TABLE uploads (
    owner VARCHAR NOT NULL,
    upload_id VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    parts INTEGER NOT NULL,
    size BIGINT NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    file_name VARCHAR NOT NULL,
    media_type VARCHAR NOT NULL,
    complete BOOLEAN NOT NULL,
    started_at BIGINT NOT NULL,
    CONSTRAINT pk_uploads PRIMARY KEY (owner, upload_id),
    CONSTRAINT uq_uploads_document_id UNIQUE (document_id)
);

CREATE INDEX ix_uploads_unfinished ON uploads (owner, started_at) WHERE complete IS NOT TRUE;

CREATE TABLE users (
    user_id BIGSERIAL NOT NULL,
    name VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    password_hash VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    failures INTEGER NOT NULL,
    locked_until BIGINT,
    signs_in VARCHAR DEFAULT 'here' NOT NULL,
    identity_sha256 VARCHAR(64),
    enrol_sha256 VARCHAR(64),
    enrol_until BIGINT,
    CONSTRAINT pk_users PRIMARY KEY (user_id),
    CONSTRAINT ck_users_role CHECK (role IN ('viewer', 'operator', 'support', 'security_officer', 'auditor', 'admin')),
    CONSTRAINT uq_users_name UNIQUE (name)
);

CREATE UNIQUE INDEX ix_users_enrolment ON users (enrol_sha256);

CREATE UNIQUE INDEX ix_users_identity ON users (identity_sha256);

CREATE INDEX ix_users_role ON users (role, name);

CREATE TABLE alarm_steps (
    step_id BIGSERIAL NOT NULL,
    alarm_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    happening VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    by TEXT,
    why TEXT,
    CONSTRAINT pk_alarm_steps PRIMARY KEY (step_id),
    CONSTRAINT ck_alarm_steps_happening CHECK (happening IN ('raised', 'worsened', 'escalated', 'reminded', 'acknowledged', 'cleared')),
    CONSTRAINT ck_alarm_steps_level CHECK (level IN ('warn', 'alarm', 'page')),
    CONSTRAINT fk_alarm_steps_alarm_id FOREIGN KEY(alarm_id) REFERENCES alarms (alarm_id)
);

CREATE INDEX ix_alarm_steps_alarm ON alarm_steps (alarm_id, step_id);

CREATE TABLE appeal_persons (
    digest VARCHAR(64) NOT NULL,
    conversation_id VARCHAR NOT NULL,
    CONSTRAINT pk_appeal_persons PRIMARY KEY (digest, conversation_id),
    CONSTRAINT fk_appeal_persons_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (conversation_id)
);

CREATE INDEX ix_appeal_persons_conversation ON appeal_persons (conversation_id);

CREATE TABLE assemblies (
    conversation_id VARCHAR NOT NULL,
    dossier_no INTEGER NOT NULL,
    court VARCHAR NOT NULL,
    claim VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    fence BIGINT NOT NULL,
    lease_until BIGINT,
    ordered_at BIGINT NOT NULL,
    filed_at BIGINT,
    trace TEXT,
    CONSTRAINT pk_assemblies PRIMARY KEY (conversation_id, dossier_no),
    CONSTRAINT ck_assemblies_claim CHECK (claim IN ('contest', 'compel', 'perform', 'recognise', 'recogniseAct', 'bylaw')),
    CONSTRAINT ck_assemblies_state CHECK (state IN ('due', 'filed')),
    CONSTRAINT fk_assemblies_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (conversation_id)
);

CREATE INDEX ix_assemblies_due ON assemblies (ordered_at) WHERE state IN ('due');

CREATE TABLE document_grants (
    document_id VARCHAR NOT NULL,
    party_id VARCHAR NOT NULL,
    granted_at BIGINT NOT NULL,
    CONSTRAINT pk_document_grants PRIMARY KEY (document_id, party_id),
    CONSTRAINT fk_document_grants_document_id FOREIGN KEY(document_id) REFERENCES documents (document_id)
);

CREATE TABLE events (
    conversation_id VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    at BIGINT NOT NULL,
    actor VARCHAR NOT NULL,
    message_id VARCHAR,
    kind VARCHAR NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT pk_events PRIMARY KEY (conversation_id, seq),
    CONSTRAINT fk_events_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (conversation_id)
);

CREATE INDEX ix_events_unrouted ON events (at, conversation_id) WHERE kind = 'appeal_unrouted';

CREATE TABLE incidents (
    incident_id BIGSERIAL NOT NULL,
    thread VARCHAR NOT NULL,
    number VARCHAR NOT NULL,
    party VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    about_message_id VARCHAR,
    conversation_id VARCHAR,
    code VARCHAR,
    severity VARCHAR NOT NULL,
    text TEXT NOT NULL,
    contact TEXT NOT NULL,
    reported_at BIGINT NOT NULL,
    state VARCHAR NOT NULL,
    moved_by VARCHAR,
    moved_at BIGINT,
    words TEXT,
    severity_by VARCHAR,
    severity_at BIGINT,
    severity_why TEXT,
    erased_at BIGINT,
    CONSTRAINT pk_incidents PRIMARY KEY (incident_id),
    CONSTRAINT uq_incidents_number UNIQUE (number),
    CONSTRAINT ck_incidents_severity CHECK (severity IN ('high', 'normal')),
    CONSTRAINT ck_incidents_state CHECK (state IN ('open', 'taken', 'closed')),
    CONSTRAINT fk_incidents_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (conversation_id)
);

CREATE INDEX ix_incidents_about ON incidents (about_message_id);

CREATE INDEX ix_incidents_conversation ON incidents (conversation_id);

CREATE INDEX ix_incidents_kept ON incidents (moved_at, incident_id) WHERE words IS NOT NULL;

CREATE INDEX ix_incidents_message ON incidents (message_id);

CREATE INDEX ix_incidents_party ON incidents (party, incident_id);

CREATE INDEX ix_incidents_party_severity ON incidents (party, severity, incident_id);

CREATE INDEX ix_incidents_party_severity_state ON incidents (party, severity, state, incident_id);

CREATE INDEX ix_incidents_party_state ON incidents (party, state, incident_id);

CREATE INDEX ix_incidents_severity ON incidents (severity, incident_id);

CREATE INDEX ix_incidents_severity_state ON incidents (severity, state, incident_id);

CREATE INDEX ix_incidents_state ON incidents (state, incident_id);

CREATE TABLE listed_appeals (
    conversation_id VARCHAR NOT NULL,
    opened_at BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    status VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    body VARCHAR,
    case_number VARCHAR,
    disagreed BOOLEAN NOT NULL,
    missed INTEGER NOT NULL,
    has_missed BOOLEAN NOT NULL,
    persons_key VARCHAR,
    CONSTRAINT pk_listed_appeals PRIMARY KEY (conversation_id),
    CONSTRAINT fk_listed_appeals_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (conversation_id)
);

CREATE INDEX ix_listed_appeals_body ON listed_appeals (body, opened_at, conversation_id);

CREATE INDEX ix_listed_appeals_body_status ON listed_appeals (body, status, opened_at, conversation_id);

CREATE INDEX ix_listed_appeals_case ON listed_appeals (case_number) WHERE case_number IS NOT NULL;

CREATE INDEX ix_listed_appeals_disagreed ON listed_appeals (disagreed, opened_at, conversation_id) WHERE disagreed = true;

CREATE INDEX ix_listed_appeals_disagreed_body ON listed_appeals (disagreed, body, opened_at, conversation_id) WHERE disagreed = true;

CREATE INDEX ix_listed_appeals_missed ON listed_appeals (has_missed, opened_at, conversation_id) WHERE has_missed = true;

CREATE INDEX ix_listed_appeals_missed_body ON listed_appeals (has_missed, body, opened_at, conversation_id) WHERE has_missed = true;

CREATE INDEX ix_listed_appeals_missed_body_status ON listed_appeals (has_missed, body, status, opened_at, conversation_id) WHERE has_missed = true;

CREATE INDEX ix_listed_appeals_missed_status ON listed_appeals (has_missed, status, opened_at, conversation_id) WHERE has_missed = true;

CREATE INDEX ix_listed_appeals_opened ON listed_appeals (opened_at, conversation_id);

CREATE INDEX ix_listed_appeals_status ON listed_appeals (status, opened_at, conversation_id);

CREATE TABLE messages (
    message_no BIGSERIAL NOT NULL,
    sender VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    recipient VARCHAR NOT NULL,
    conversation_id VARCHAR,
    ref_to_message_id VARCHAR,
    action VARCHAR NOT NULL,
    outgoing BOOLEAN NOT NULL,
    digest VARCHAR(64) NOT NULL,
    operation BYTEA,
    envelope_sha256 VARCHAR(64),
    at BIGINT NOT NULL,
    CONSTRAINT pk_messages PRIMARY KEY (message_no),
    CONSTRAINT uq_messages_sender_message_id UNIQUE (sender, message_id),
    CONSTRAINT fk_messages_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (conversation_id),
    CONSTRAINT fk_messages_envelope_sha256 FOREIGN KEY(envelope_sha256) REFERENCES envelopes (sha256)
);

CREATE INDEX ix_messages_conversation ON messages (conversation_id, message_no);

CREATE TABLE parties (
    version INTEGER NOT NULL,
    party_id VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    bin VARCHAR NOT NULL,
    name_kk VARCHAR NOT NULL,
    name_ru VARCHAR NOT NULL,
    name_en VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    endpoint VARCHAR,
    higher VARCHAR,
    kato VARCHAR,
    contact VARCHAR,
    CONSTRAINT pk_parties PRIMARY KEY (version, party_id),
    CONSTRAINT ck_parties_role CHECK (role IN ('exchange', 'platform', 'agency', 'court')),
    CONSTRAINT fk_parties_version FOREIGN KEY(version) REFERENCES registry_versions (version)
);

CREATE TABLE refusals (
    refusal_id BIGSERIAL NOT NULL,
    at BIGINT NOT NULL,
    path TEXT NOT NULL,
    remote TEXT NOT NULL,
    code TEXT NOT NULL,
    detail TEXT NOT NULL,
    sender TEXT,
    message_id TEXT,
    request_sha256 VARCHAR(64) NOT NULL,
    size BIGINT NOT NULL,
    signer VARCHAR,
    digest VARCHAR(64),
    answer_sha256 VARCHAR(64),
    CONSTRAINT pk_refusals PRIMARY KEY (refusal_id),
    CONSTRAINT fk_refusals_answer_sha256 FOREIGN KEY(answer_sha256) REFERENCES envelopes (sha256)
);

CREATE INDEX ix_refusals_at ON refusals (at);

CREATE INDEX ix_refusals_code ON refusals (code, refusal_id);

CREATE INDEX ix_refusals_kept ON refusals (signer, at) WHERE answer_sha256 IS NOT NULL;

CREATE INDEX ix_refusals_message ON refusals (message_id);

CREATE INDEX ix_refusals_sender ON refusals (sender, refusal_id);

CREATE INDEX ix_refusals_sender_code ON refusals (sender, code, refusal_id);

CREATE TABLE reported_appeals (
    conversation_id VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    form INTEGER NOT NULL,
    day VARCHAR(10) NOT NULL,
    body VARCHAR NOT NULL,
    region VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    answer VARCHAR NOT NULL,
    extended BOOLEAN NOT NULL,
    formal BOOLEAN NOT NULL,
    road VARCHAR,
    court VARCHAR,
    CONSTRAINT pk_reported_appeals PRIMARY KEY (conversation_id),
    CONSTRAINT fk_reported_appeals_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (conversation_id)
);

CREATE INDEX ix_reported_appeals_all_answer ON reported_appeals (answer, day, conversation_id);

CREATE INDEX ix_reported_appeals_all_court ON reported_appeals (court, day, conversation_id) WHERE court IS NOT NULL;

CREATE INDEX ix_reported_appeals_all_extended ON reported_appeals (extended, day, conversation_id) WHERE extended = true;

CREATE INDEX ix_reported_appeals_all_formal ON reported_appeals (formal, day, conversation_id) WHERE formal = true;

CREATE INDEX ix_reported_appeals_all_road ON reported_appeals (road, day, conversation_id) WHERE road IS NOT NULL;

CREATE INDEX ix_reported_appeals_body_answer ON reported_appeals (body, answer, day, conversation_id);

CREATE INDEX ix_reported_appeals_body_court ON reported_appeals (body, court, day, conversation_id) WHERE court IS NOT NULL;

CREATE INDEX ix_reported_appeals_body_extended ON reported_appeals (body, extended, day, conversation_id) WHERE extended = true;

CREATE INDEX ix_reported_appeals_body_formal ON reported_appeals (body, formal, day, conversation_id) WHERE formal = true;

CREATE INDEX ix_reported_appeals_body_road ON reported_appeals (body, road, day, conversation_id) WHERE road IS NOT NULL;

CREATE INDEX ix_reported_appeals_region_answer ON reported_appeals (region, answer, day, conversation_id);

CREATE INDEX ix_reported_appeals_region_court ON reported_appeals (region, court, day, conversation_id) WHERE court IS NOT NULL;

CREATE INDEX ix_reported_appeals_region_extended ON reported_appeals (region, extended, day, conversation_id) WHERE extended = true;

CREATE INDEX ix_reported_appeals_region_formal ON reported_appeals (region, formal, day, conversation_id) WHERE formal = true;

CREATE INDEX ix_reported_appeals_region_road ON reported_appeals (region, road, day, conversation_id) WHERE road IS NOT NULL;

CREATE INDEX ix_reported_appeals_subject_answer ON reported_appeals (subject, answer, day, conversation_id);

CREATE INDEX ix_reported_appeals_subject_court ON reported_appeals (subject, court, day, conversation_id) WHERE court IS NOT NULL;

CREATE INDEX ix_reported_appeals_subject_extended ON reported_appeals (subject, extended, day, conversation_id) WHERE extended = true;

CREATE INDEX ix_reported_appeals_subject_formal ON reported_appeals (subject, formal, day, conversation_id) WHERE formal = true;

CREATE INDEX ix_reported_appeals_subject_road ON reported_appeals (subject, road, day, conversation_id) WHERE road IS NOT NULL;

CREATE TABLE reported_bodies (
    conversation_id VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    day VARCHAR(10) NOT NULL,
    region VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    answer VARCHAR NOT NULL,
    extended BOOLEAN NOT NULL,
    formal BOOLEAN NOT NULL,
    road VARCHAR,
    court VARCHAR,
    CONSTRAINT pk_reported_bodies PRIMARY KEY (conversation_id, body),
    CONSTRAINT fk_reported_bodies_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (conversation_id)
);

CREATE INDEX ix_reported_bodies_answer ON reported_bodies (body, answer, day, conversation_id);

CREATE INDEX ix_reported_bodies_court ON reported_bodies (body, court, day, conversation_id) WHERE court IS NOT NULL;

CREATE INDEX ix_reported_bodies_extended ON reported_bodies (body, extended, day, conversation_id) WHERE extended = true;

CREATE INDEX ix_reported_bodies_formal ON reported_bodies (body, formal, day, conversation_id) WHERE formal = true;

CREATE INDEX ix_reported_bodies_road ON reported_bodies (body, road, day, conversation_id) WHERE road IS NOT NULL;

CREATE TABLE requests (
    token_id BIGINT NOT NULL,
    key_sha256 VARCHAR(64) NOT NULL,
    request_sha256 VARCHAR(64) NOT NULL,
    at BIGINT NOT NULL,
    status INTEGER,
    answer BYTEA,
    CONSTRAINT pk_requests PRIMARY KEY (token_id, key_sha256),
    CONSTRAINT fk_requests_token_id FOREIGN KEY(token_id) REFERENCES tokens (token_id)
);

CREATE INDEX ix_requests_at ON requests (at);

CREATE TABLE revocation_checks (
    check_id BIGSERIAL NOT NULL,
    certificate_sha256 VARCHAR NOT NULL,
    at BIGINT NOT NULL,
    status VARCHAR NOT NULL,
    source VARCHAR,
    value_sha256 VARCHAR,
    this_update BIGINT,
    next_update BIGINT,
    revoked_at BIGINT,
    reason VARCHAR,
    detail TEXT NOT NULL,
    unanswered INTEGER NOT NULL,
    CONSTRAINT pk_revocation_checks PRIMARY KEY (check_id),
    CONSTRAINT ck_revocation_checks_status CHECK (status IN ('good', 'revoked', 'unknown')),
    CONSTRAINT ck_revocation_checks_source CHECK (source IN ('ocsp', 'crl')),
    CONSTRAINT ck_revocation_checks_unanswered CHECK (unanswered >= 0),
    CONSTRAINT fk_revocation_checks_value_sha256 FOREIGN KEY(value_sha256) REFERENCES revocation_values (sha256)
);

CREATE INDEX ix_revocation_checks_certificate ON revocation_checks (certificate_sha256, check_id);

CREATE TABLE saved_views (
    view_id BIGSERIAL NOT NULL,
    user_id BIGINT NOT NULL,
    list_key VARCHAR NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    is_shared BOOLEAN NOT NULL,
    saved_at BIGINT NOT NULL,
    CONSTRAINT pk_saved_views PRIMARY KEY (view_id),
    CONSTRAINT uq_saved_views_user_id_list_key_name UNIQUE (user_id, list_key, name),
    CONSTRAINT fk_saved_views_user_id FOREIGN KEY(user_id) REFERENCES users (user_id)
);

CREATE INDEX ix_saved_views_shared ON saved_views (list_key, name) WHERE is_shared;

CREATE TABLE seals (
    tree_size BIGINT NOT NULL,
    signature BYTEA NOT NULL,
    certificate BYTEA NOT NULL,
    signed_at BIGINT NOT NULL,
    token BYTEA,
    token_at BIGINT,
    CONSTRAINT pk_seals PRIMARY KEY (tree_size),
    CONSTRAINT ck_seals_token CHECK ((token IS NULL) = (token_at IS NULL)),
    CONSTRAINT fk_seals_tree_size FOREIGN KEY(tree_size) REFERENCES tree_heads (tree_size)
);

CREATE INDEX ix_seals_tokenless ON seals (tree_size) WHERE token IS NULL;

CREATE TABLE sessions (
    token_sha256 VARCHAR(64) NOT NULL,
    user_id BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    remote VARCHAR,
    agent VARCHAR,
    CONSTRAINT pk_sessions PRIMARY KEY (token_sha256),
    CONSTRAINT fk_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (user_id)
);

CREATE INDEX ix_sessions_user ON sessions (user_id);

CREATE TABLE terms (
    conversation_id VARCHAR NOT NULL,
    term_id VARCHAR NOT NULL,
    duty VARCHAR NOT NULL,
    party VARCHAR NOT NULL,
    due_at BIGINT NOT NULL,
    remind_at BIGINT,
    state VARCHAR NOT NULL,
    breached_at BIGINT,
    closed_at BIGINT,
    CONSTRAINT pk_terms PRIMARY KEY (conversation_id, term_id),
    CONSTRAINT ck_terms_state CHECK (state IN ('open', 'met', 'breached', 'lapsed', 'defaulted')),
    CONSTRAINT fk_terms_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (conversation_id)
);

CREATE INDEX ix_terms_breached ON terms (breached_at) WHERE state IN ('breached', 'defaulted');

CREATE INDEX ix_terms_breached_party ON terms (party, breached_at) WHERE state IN ('breached', 'defaulted');

CREATE INDEX ix_terms_due ON terms (due_at) WHERE state IN ('open');

CREATE INDEX ix_terms_due_party ON terms (party, due_at) WHERE state IN ('open');

CREATE INDEX ix_terms_late ON terms (breached_at) WHERE state IN ('met') AND breached_at IS NOT NULL;

CREATE INDEX ix_terms_late_party ON terms (party, breached_at) WHERE state IN ('met') AND breached_at IS NOT NULL;

CREATE INDEX ix_terms_remind ON terms (remind_at) WHERE state IN ('open') AND remind_at IS NOT NULL;

CREATE TABLE upload_parts (
    owner VARCHAR NOT NULL,
    upload_id VARCHAR NOT NULL,
    part INTEGER NOT NULL,
    size BIGINT NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    CONSTRAINT pk_upload_parts PRIMARY KEY (owner, upload_id, part),
    CONSTRAINT fk_upload_parts_owner_upload_id FOREIGN KEY(owner, upload_id) REFERENCES uploads (owner, upload_id)
);

CREATE TABLE agreements (
    version INTEGER NOT NULL,
    party_id VARCHAR NOT NULL,
    attempt_timeout BIGINT NOT NULL,
    first_wait BIGINT NOT NULL,
    longest_wait BIGINT NOT NULL,
    receipt_within BIGINT NOT NULL,
    mailbox_lease BIGINT NOT NULL,
    on_unknown_revocation VARCHAR NOT NULL,
    revocation_patience BIGINT NOT NULL,
    certificate_without_bin BOOLEAN NOT NULL,
    most_at_once INTEGER,
    most_per_minute INTEGER,
    quiet_hours VARCHAR,
    breaker_after INTEGER,
    breaker_rest BIGINT,
    warn_after BIGINT,
    alarm_after BIGINT,
    page_after BIGINT,
    CONSTRAINT pk_agreements PRIMARY KEY (version, party_id),
    CONSTRAINT fk_agreements_version_party_id FOREIGN KEY(version, party_id) REFERENCES parties (version, party_id),
    CONSTRAINT ck_agreements_on_unknown_revocation CHECK (on_unknown_revocation IN ('accept', 'wait', 'refuse'))
);

CREATE TABLE alarm_messages (
    letter_id BIGSERIAL NOT NULL,
    step_id BIGINT NOT NULL,
    channel VARCHAR NOT NULL,
    recipient TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    state VARCHAR NOT NULL,
    made_at BIGINT NOT NULL,
    tries INTEGER NOT NULL,
    next_try_at BIGINT NOT NULL,
    result TEXT,
    ended_at BIGINT,
    CONSTRAINT pk_alarm_messages PRIMARY KEY (letter_id),
    CONSTRAINT uq_alarm_messages_step_id_channel_recipient UNIQUE (step_id, channel, recipient),
    CONSTRAINT ck_alarm_messages_state CHECK (state IN ('waiting', 'taken', 'given_up')),
    CONSTRAINT fk_alarm_messages_step_id FOREIGN KEY(step_id) REFERENCES alarm_steps (step_id)
);

CREATE INDEX ix_alarm_messages_given_up ON alarm_messages (ended_at) WHERE state IN ('given_up');

CREATE INDEX ix_alarm_messages_waiting ON alarm_messages (next_try_at) WHERE state IN ('waiting');

CREATE TABLE commitments (
    conversation_id VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    subject VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    digest VARCHAR(64) NOT NULL,
    CONSTRAINT pk_commitments PRIMARY KEY (conversation_id, seq, subject),
    CONSTRAINT fk_commitments_conversation_id_seq FOREIGN KEY(conversation_id, seq) REFERENCES events (conversation_id, seq)
);

CREATE TABLE deliveries (
    delivery_id BIGSERIAL NOT NULL,
    conversation_id VARCHAR NOT NULL,
    sender VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    recipient VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    is_called BOOLEAN DEFAULT false NOT NULL,
    priority INTEGER NOT NULL,
    state VARCHAR NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt_at BIGINT,
    claimed_at BIGINT,
    lease_until BIGINT,
    fence BIGINT NOT NULL,
    code TEXT,
    detail TEXT,
    receipt_sha256 VARCHAR(64),
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    held_by BIGINT,
    fetched_by VARCHAR,
    escalated INTEGER DEFAULT '0' NOT NULL,
    trace TEXT,
    CONSTRAINT pk_deliveries PRIMARY KEY (delivery_id),
    CONSTRAINT fk_deliveries_sender_message_id FOREIGN KEY(sender, message_id) REFERENCES messages (sender, message_id),
    CONSTRAINT uq_deliveries_recipient_message_id UNIQUE (recipient, message_id),
    CONSTRAINT ck_deliveries_state CHECK (state IN ('pending', 'in_flight', 'retry_scheduled', 'delivered', 'acknowledged', 'rejected', 'dead_lettered', 'parked', 'cancelled')),
    CONSTRAINT ck_deliveries_lease CHECK (state != 'in_flight' OR lease_until IS NOT NULL),
    CONSTRAINT ck_deliveries_due CHECK (state NOT IN ('pending', 'retry_scheduled', 'delivered') OR next_attempt_at IS NOT NULL),
    CONSTRAINT ck_deliveries_finished CHECK ((state IN ('acknowledged', 'rejected', 'cancelled')) = (finished_at IS NOT NULL)),
    CONSTRAINT fk_deliveries_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (conversation_id),
    CONSTRAINT fk_deliveries_receipt_sha256 FOREIGN KEY(receipt_sha256) REFERENCES envelopes (sha256)
);

CREATE INDEX ix_deliveries_action ON deliveries (action, delivery_id);

CREATE INDEX ix_deliveries_aging ON deliveries (recipient, escalated, created_at, delivery_id) WHERE (state NOT IN ('acknowledged', 'cancelled', 'rejected')) AND escalated < 3;

CREATE INDEX ix_deliveries_awaited ON deliveries (state, next_attempt_at) WHERE state IN ('delivered');

CREATE INDEX ix_deliveries_backlog ON deliveries (recipient, state, created_at) WHERE (state NOT IN ('acknowledged', 'cancelled', 'rejected'));

CREATE INDEX ix_deliveries_code ON deliveries (code, delivery_id) WHERE code IS NOT NULL;

CREATE INDEX ix_deliveries_conversation ON deliveries (conversation_id, delivery_id);

CREATE INDEX ix_deliveries_dead ON deliveries (state, recipient, code, delivery_id) WHERE state IN ('dead_lettered');

CREATE INDEX ix_deliveries_ended ON deliveries (state, finished_at, delivery_id, created_at) WHERE finished_at IS NOT NULL;

CREATE INDEX ix_deliveries_handed_out ON deliveries (is_called, recipient, fetched_by, lease_until) WHERE state IN ('delivered');

CREATE INDEX ix_deliveries_held ON deliveries (held_by) WHERE held_by IS NOT NULL;

CREATE INDEX ix_deliveries_leased ON deliveries (state, lease_until) WHERE state IN ('in_flight');

CREATE INDEX ix_deliveries_listed ON deliveries (recipient, state, delivery_id) WHERE (state NOT IN ('acknowledged'));

CREATE INDEX ix_deliveries_message ON deliveries (sender, message_id);

CREATE INDEX ix_deliveries_open ON deliveries (recipient, conversation_id, delivery_id) WHERE (state NOT IN ('acknowledged', 'cancelled', 'rejected'));

CREATE INDEX ix_deliveries_receipts ON deliveries (recipient, finished_at) WHERE state IN ('acknowledged');

CREATE INDEX ix_deliveries_recipient ON deliveries (recipient, delivery_id);

CREATE INDEX ix_deliveries_state ON deliveries (state, delivery_id);

CREATE INDEX ix_deliveries_waiting ON deliveries (is_called, recipient, priority, next_attempt_at, delivery_id) WHERE state IN ('pending', 'retry_scheduled') AND held_by IS NULL;

CREATE TABLE inbox (
    sender VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    digest VARCHAR(64) NOT NULL,
    answer BYTEA NOT NULL,
    received_at BIGINT NOT NULL,
    answer_sha256 VARCHAR(64),
    CONSTRAINT pk_inbox PRIMARY KEY (sender, message_id),
    CONSTRAINT fk_inbox_sender_message_id FOREIGN KEY(sender, message_id) REFERENCES messages (sender, message_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_inbox_answer_sha256 FOREIGN KEY(answer_sha256) REFERENCES envelopes (sha256)
);

CREATE TABLE party_certificates (
    version INTEGER NOT NULL,
    party_id VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    der BYTEA NOT NULL,
    CONSTRAINT pk_party_certificates PRIMARY KEY (version, party_id, position),
    CONSTRAINT fk_party_certificates_version_party_id FOREIGN KEY(version, party_id) REFERENCES parties (version, party_id)
);

CREATE TABLE reply_sketches (
    message_no BIGINT NOT NULL,
    conversation_id VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT pk_reply_sketches PRIMARY KEY (message_no),
    CONSTRAINT fk_reply_sketches_message_no FOREIGN KEY(message_no) REFERENCES messages (message_no),
    CONSTRAINT fk_reply_sketches_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (conversation_id)
);

CREATE TABLE routes (
    version INTEGER NOT NULL,
    position INTEGER NOT NULL,
    role VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    kato VARCHAR NOT NULL,
    party_id VARCHAR NOT NULL,
    level VARCHAR,
    CONSTRAINT pk_routes PRIMARY KEY (version, position),
    CONSTRAINT fk_routes_version_party_id FOREIGN KEY(version, party_id) REFERENCES parties (version, party_id),
    CONSTRAINT ck_routes_role CHECK (role IN ('exchange', 'platform', 'agency', 'court')),
    CONSTRAINT ck_routes_level CHECK (level IN ('district', 'region', 'national'))
);

CREATE TABLE attempts (
    attempt_id BIGSERIAL NOT NULL,
    delivery_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    outcome VARCHAR NOT NULL,
    code TEXT,
    detail TEXT,
    http_status INTEGER,
    request_sha256 VARCHAR(64),
    response_sha256 VARCHAR(64),
    CONSTRAINT pk_attempts PRIMARY KEY (attempt_id),
    CONSTRAINT fk_attempts_delivery_id FOREIGN KEY(delivery_id) REFERENCES deliveries (delivery_id),
    CONSTRAINT fk_attempts_request_sha256 FOREIGN KEY(request_sha256) REFERENCES envelopes (sha256),
    CONSTRAINT fk_attempts_response_sha256 FOREIGN KEY(response_sha256) REFERENCES envelopes (sha256)
);

CREATE INDEX ix_attempts_delivery ON attempts (delivery_id, attempt_id);

CREATE INDEX ix_attempts_failed ON attempts (started_at) WHERE outcome IN ('Deferred', 'Poison', 'Rejected', 'Unknown');

CREATE TABLE escalations (
    delivery_id BIGINT NOT NULL,
    step VARCHAR NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_escalations PRIMARY KEY (delivery_id, step),
    CONSTRAINT ck_escalations_step CHECK (step IN ('warn', 'alarm', 'page')),
    CONSTRAINT fk_escalations_delivery_id FOREIGN KEY(delivery_id) REFERENCES deliveries (delivery_id)
);

CREATE TABLE salts (
    conversation_id VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    subject VARCHAR NOT NULL,
    content_sha256 VARCHAR(64) NOT NULL,
    salt BYTEA NOT NULL,
    CONSTRAINT pk_salts PRIMARY KEY (conversation_id, seq, subject),
    CONSTRAINT fk_salts_conversation_id_seq_subject FOREIGN KEY(conversation_id, seq, subject) REFERENCES commitments (conversation_id, seq, subject)
);

CREATE INDEX ix_salts_subject ON salts (subject);

CREATE TABLE signals (
    signal_id BIGSERIAL NOT NULL,
    delivery_id BIGINT NOT NULL,
    sender VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    code TEXT,
    detail TEXT,
    at BIGINT NOT NULL,
    CONSTRAINT pk_signals PRIMARY KEY (signal_id),
    CONSTRAINT fk_signals_sender_message_id FOREIGN KEY(sender, message_id) REFERENCES messages (sender, message_id),
    CONSTRAINT ck_signals_state CHECK (state IN ('acknowledged', 'rejected')),
    CONSTRAINT fk_signals_delivery_id FOREIGN KEY(delivery_id) REFERENCES deliveries (delivery_id)
);

CREATE INDEX ix_signals_delivery ON signals (delivery_id, signal_id);

CREATE INDEX ix_signals_rejected ON signals (at) WHERE state IN ('rejected');
