-- The door: what a send is checked against, and who changed it.

ALTER TABLE accounts ADD COLUMN check_mode TEXT NOT NULL DEFAULT 'strict';
-- NULL: the words every account begins with; else a JSON array of words.
ALTER TABLE accounts ADD COLUMN opt_out_keywords TEXT;
ALTER TABLE accounts ADD COLUMN opt_in_keywords TEXT;

ALTER TABLE api_keys ADD COLUMN label TEXT NOT NULL DEFAULT '';

-- sync_due_at: when its templates and catalogue are to be read from Meta; 0: at once.
ALTER TABLE wabas ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE wabas ADD COLUMN catalogue_id TEXT;
ALTER TABLE wabas ADD COLUMN synced_at INTEGER;
ALTER TABLE wabas ADD COLUMN sync_due_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE wabas ADD COLUMN sync_failure TEXT;
CREATE INDEX wabas_by_waba_id ON wabas (waba_id);
CREATE INDEX wabas_by_sync_due ON wabas (sync_due_at);

ALTER TABLE templates ADD COLUMN template_id TEXT NOT NULL DEFAULT '';
ALTER TABLE templates ADD COLUMN parameter_format TEXT NOT NULL DEFAULT 'POSITIONAL';
ALTER TABLE templates ADD COLUMN quality TEXT NOT NULL DEFAULT '';
ALTER TABLE templates ADD COLUMN rejected_reason TEXT NOT NULL DEFAULT '';

-- What became of a template, whoever told it: drift is read here.
CREATE TABLE template_changes (
    account_id INTEGER NOT NULL,
    waba_id    TEXT    NOT NULL,
    change_id  INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    language   TEXT    NOT NULL,
    what       TEXT    NOT NULL,
    before     TEXT,
    after      TEXT,
    reason     TEXT    NOT NULL DEFAULT '',
    source     TEXT    NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, waba_id, change_id)
) WITHOUT ROWID;

-- Findings of a check that did not refuse: a JSON array, read with the message's timeline.
ALTER TABLE submissions ADD COLUMN findings TEXT;

-- media_id is what a customer names in a send; meta_id what Meta knows it by now.
-- object_key names its bytes in the media store; NULL: the bytes are at Meta alone.
CREATE TABLE media (
    account_id      INTEGER NOT NULL,
    media_id        TEXT    NOT NULL,
    sender_id       TEXT    NOT NULL,
    kind            TEXT    NOT NULL,
    mime_type       TEXT    NOT NULL,
    size_bytes      INTEGER NOT NULL,
    file_name       TEXT    NOT NULL DEFAULT '',
    digest          BLOB,
    object_key      TEXT,
    meta_id         TEXT    NOT NULL,
    meta_expires_at INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    last_used_at    INTEGER NOT NULL,
    PRIMARY KEY (account_id, media_id)
) WITHOUT ROWID;
CREATE INDEX media_by_digest ON media (account_id, digest, sender_id);
CREATE INDEX media_by_expiry ON media (meta_expires_at, account_id, media_id);
CREATE INDEX media_by_age ON media (account_id, created_at);

CREATE TABLE resumable_media (
    account_id         INTEGER NOT NULL,
    resumable_media_id TEXT    NOT NULL,
    waba_id            TEXT    NOT NULL,
    file_name          TEXT    NOT NULL,
    mime_type          TEXT    NOT NULL,
    size_bytes         INTEGER NOT NULL,
    state              TEXT    NOT NULL,
    handle             TEXT,
    object_key         TEXT,
    failure            TEXT,
    created_at         INTEGER NOT NULL,
    expires_at         INTEGER NOT NULL,
    PRIMARY KEY (account_id, resumable_media_id)
) WITHOUT ROWID;
CREATE INDEX resumable_media_by_waba ON resumable_media (account_id, waba_id, created_at);
CREATE INDEX resumable_media_by_age ON resumable_media (created_at);

CREATE TABLE catalogues (
    account_id   INTEGER NOT NULL,
    catalogue_id TEXT    NOT NULL,
    source       TEXT    NOT NULL,
    products     INTEGER NOT NULL,
    refreshed_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, catalogue_id)
) WITHOUT ROWID;

CREATE TABLE products (
    account_id   INTEGER NOT NULL,
    catalogue_id TEXT    NOT NULL,
    retailer_id  TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    availability TEXT    NOT NULL,
    is_hidden    INTEGER NOT NULL,
    price        TEXT    NOT NULL DEFAULT '',
    refreshed_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, catalogue_id, retailer_id)
) WITHOUT ROWID;

-- Recipients who asked for no marketing. recipient as in messages: +digits or a user id.
-- Both times are kept, -1 for never, so that word that comes late undoes nothing newer: the
-- opt-out is in force unless the recipient came back after it.
CREATE TABLE opt_outs (
    account_id   INTEGER NOT NULL,
    recipient    TEXT    NOT NULL,
    source       TEXT    NOT NULL DEFAULT '',
    detail       TEXT    NOT NULL DEFAULT '',
    opted_out_at INTEGER NOT NULL DEFAULT -1,
    opted_in_at  INTEGER NOT NULL DEFAULT -1,
    PRIMARY KEY (account_id, recipient)
) WITHOUT ROWID;

-- When a recipient last wrote to a sender: free-form messages may answer for 24 hours.
CREATE TABLE service_windows (
    account_id INTEGER NOT NULL,
    sender_id  TEXT    NOT NULL,
    recipient  TEXT    NOT NULL,
    wrote_at   INTEGER NOT NULL,
    PRIMARY KEY (account_id, sender_id, recipient)
) WITHOUT ROWID;

-- Administrative acts, kept with the change itself in one commit.
CREATE TABLE audit_entries (
    account_id INTEGER NOT NULL,
    audit_id   INTEGER NOT NULL,
    acted_at   INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    address    TEXT    NOT NULL DEFAULT '',
    act        TEXT    NOT NULL,
    target     TEXT    NOT NULL DEFAULT '',
    detail     TEXT    NOT NULL DEFAULT '{}',
    PRIMARY KEY (account_id, audit_id)
) WITHOUT ROWID;
CREATE INDEX audit_entries_by_id ON audit_entries (audit_id);
