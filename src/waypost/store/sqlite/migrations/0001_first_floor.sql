-- The first floor: everything from a customer's request to the callback about it.
--
-- Every table has the account in its key, and every uniqueness rule is per account, so that
-- the same schema can be distributed by account. Account 0 is the deployment itself: what
-- Meta tells it before anyone knows whom it concerns.
-- Instants are milliseconds since 1970 UTC. Money is in minor units.

CREATE TABLE accounts (
    account_id        INTEGER NOT NULL PRIMARY KEY,
    sid               TEXT    NOT NULL UNIQUE,
    name              TEXT    NOT NULL,
    kind              TEXT    NOT NULL,
    state             TEXT    NOT NULL,
    price_minor       INTEGER,
    requests_per_s    INTEGER,
    directory_version INTEGER NOT NULL DEFAULT 1,
    created_at        INTEGER NOT NULL
);

CREATE TABLE api_keys (
    account_id        INTEGER NOT NULL,
    key_hash          BLOB    NOT NULL,
    prefix            TEXT    NOT NULL,
    allowed_addresses TEXT    NOT NULL DEFAULT '[]',
    created_at        INTEGER NOT NULL,
    expires_at        INTEGER,
    revoked_at        INTEGER,
    PRIMARY KEY (account_id, key_hash)
) WITHOUT ROWID;

CREATE TABLE wabas (
    account_id   INTEGER NOT NULL,
    waba_id      TEXT    NOT NULL,
    access_token TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (account_id, waba_id)
) WITHOUT ROWID;

CREATE TABLE senders (
    account_id      INTEGER NOT NULL,
    sender_id       TEXT    NOT NULL,
    phone_number_id TEXT    NOT NULL,
    waba_id         TEXT    NOT NULL,
    display_name    TEXT    NOT NULL DEFAULT '',
    throughput      INTEGER NOT NULL,
    api_version     TEXT    NOT NULL,
    state           TEXT    NOT NULL,
    callback_url    TEXT,
    created_at      INTEGER NOT NULL,
    PRIMARY KEY (account_id, sender_id)
) WITHOUT ROWID;
CREATE INDEX senders_by_phone_number_id ON senders (phone_number_id);

CREATE TABLE templates (
    account_id INTEGER NOT NULL,
    waba_id    TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    language   TEXT    NOT NULL,
    category   TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    components TEXT    NOT NULL,
    synced_at  INTEGER NOT NULL,
    PRIMARY KEY (account_id, waba_id, name, language)
) WITHOUT ROWID;

CREATE TABLE submissions (
    account_id        INTEGER NOT NULL,
    submission_id     TEXT    NOT NULL,
    sender_id         TEXT    NOT NULL,
    kind              TEXT    NOT NULL,
    template_name     TEXT,
    template_language TEXT,
    content           BLOB    NOT NULL,
    ref               TEXT,
    ref1              TEXT,
    ref2              TEXT,
    source            TEXT    NOT NULL,
    track_body        INTEGER NOT NULL,
    track_button      INTEGER NOT NULL,
    trace_id          TEXT    NOT NULL,
    accepted_at       INTEGER NOT NULL,
    PRIMARY KEY (account_id, submission_id)
);

CREATE TABLE messages (
    account_id     INTEGER NOT NULL,
    message_id     TEXT    NOT NULL,
    submission_id  TEXT    NOT NULL,
    sender_id      TEXT    NOT NULL,
    recipient      TEXT    NOT NULL,
    state          TEXT    NOT NULL,
    facts_seen     INTEGER NOT NULL DEFAULT 0,
    payment        TEXT    NOT NULL,
    price_minor    INTEGER NOT NULL,
    wamid          TEXT,
    wa_id          TEXT,
    failure_code   TEXT,
    failure_title  TEXT,
    failure_detail TEXT,
    failure_step   TEXT,
    accepted_at    INTEGER NOT NULL,
    changed_at     INTEGER NOT NULL,
    PRIMARY KEY (account_id, message_id)
);
CREATE INDEX messages_by_id ON messages (message_id);
CREATE INDEX messages_by_wamid ON messages (account_id, wamid) WHERE wamid IS NOT NULL;

-- Every fact about a message, also late, double and contradicting ones, for ever.
CREATE TABLE facts (
    account_id     INTEGER NOT NULL,
    message_id     TEXT    NOT NULL,
    fact_id        INTEGER NOT NULL,
    fact           TEXT    NOT NULL,
    occurred_at    INTEGER NOT NULL,
    recorded_at    INTEGER NOT NULL,
    attempt        INTEGER,
    wamid          TEXT,
    failure_code   TEXT,
    failure_title  TEXT,
    failure_detail TEXT,
    failure_step   TEXT,
    PRIMARY KEY (account_id, message_id, fact_id)
) WITHOUT ROWID;

-- Statuses of messages nobody here sent, or sent by another application on the same number.
CREATE TABLE parked_statuses (
    account_id      INTEGER NOT NULL,
    wamid           TEXT    NOT NULL,
    parked_id       INTEGER NOT NULL,
    phone_number_id TEXT    NOT NULL,
    fact            TEXT    NOT NULL,
    occurred_at     INTEGER NOT NULL,
    recorded_at     INTEGER NOT NULL,
    is_billable     INTEGER NOT NULL,
    meta_value      BLOB    NOT NULL,
    failure_code    TEXT,
    failure_title   TEXT,
    failure_detail  TEXT,
    failure_step    TEXT,
    PRIMARY KEY (account_id, wamid, parked_id)
) WITHOUT ROWID;

-- Work that waits. due_at is when it may be taken: for an item on lease, when the lease ends,
-- so that an item with a lease token that is due is one whose owner was lost.
CREATE TABLE queue (
    account_id  INTEGER NOT NULL,
    queue       TEXT    NOT NULL,
    lane        TEXT    NOT NULL,
    item_id     TEXT    NOT NULL,
    due_at      INTEGER NOT NULL,
    attempt     INTEGER NOT NULL,
    lease_token TEXT,
    PRIMARY KEY (account_id, queue, item_id)
) WITHOUT ROWID;
CREATE INDEX queue_by_due ON queue (queue, lane, due_at, item_id);

CREATE TABLE wallets (
    account_id         INTEGER NOT NULL PRIMARY KEY,
    currency           TEXT    NOT NULL,
    balance_minor      INTEGER NOT NULL,
    held_minor         INTEGER NOT NULL,
    credit_limit_minor INTEGER NOT NULL
);

-- Append-only. reference is the message id, or an id of its own for a top-up.
CREATE TABLE ledger_entries (
    account_id   INTEGER NOT NULL,
    reference    TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    amount_minor INTEGER NOT NULL,
    reason       TEXT,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (account_id, reference, kind)
) WITHOUT ROWID;

CREATE TABLE webhooks (
    account_id   INTEGER NOT NULL,
    webhook_id   TEXT    NOT NULL,
    body         BLOB    NOT NULL,
    received_at  INTEGER NOT NULL,
    processed_at INTEGER,
    outcome      TEXT,
    PRIMARY KEY (account_id, webhook_id)
);

CREATE TABLE callbacks (
    account_id   INTEGER NOT NULL,
    event_id     TEXT    NOT NULL,
    message_id   TEXT    NOT NULL,
    status       TEXT    NOT NULL,
    url          TEXT    NOT NULL,
    body         BLOB    NOT NULL,
    state        TEXT    NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    last_answer  TEXT,
    created_at   INTEGER NOT NULL,
    settled_at   INTEGER,
    PRIMARY KEY (account_id, event_id)
);
CREATE INDEX callbacks_by_message ON callbacks (account_id, message_id);

CREATE TABLE idempotency_keys (
    account_id  INTEGER NOT NULL,
    key         TEXT    NOT NULL,
    body_hash   BLOB    NOT NULL,
    answer      TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (account_id, key)
) WITHOUT ROWID;
