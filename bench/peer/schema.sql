-- The peer's tables: what the gateway keeps of a message, without its directory.

CREATE TABLE messages (
    message_id  text PRIMARY KEY,
    account_id  bigint NOT NULL,
    sender_id   text NOT NULL,
    recipient   text NOT NULL,
    content     text NOT NULL,
    ref         text,
    ref1        text,
    ref2        text,
    source      text NOT NULL,
    state       text NOT NULL,
    wamid       text,
    accepted_at timestamptz NOT NULL DEFAULT now(),
    changed_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE ledger_entries (
    account_id   bigint NOT NULL,
    reference    text NOT NULL,
    kind         text NOT NULL,
    amount_minor bigint NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, reference, kind)
);

CREATE TABLE queue (
    item_id  text PRIMARY KEY,
    due_at   timestamptz NOT NULL DEFAULT now(),
    attempt  integer NOT NULL DEFAULT 0
);
CREATE INDEX queue_by_due ON queue (due_at);
