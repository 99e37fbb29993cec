-- Trust: priorities, validity and schedules, holds of senders, limits of portfolios, money by
-- rate card, and who of several processes owns which lane.

-- priority: 0 before 1 before 2. expires_at: when nobody needs to give it to Meta any more.
ALTER TABLE queue ADD COLUMN priority INTEGER NOT NULL DEFAULT 1;
ALTER TABLE queue ADD COLUMN expires_at INTEGER;
DROP INDEX queue_by_due;
CREATE INDEX queue_by_due ON queue (queue, account_id, lane, priority, due_at, item_id);
-- Work that was let in already on lease never enters this one.
CREATE INDEX queue_by_expiry ON queue (queue, account_id, lane, expires_at)
    WHERE lease_token IS NULL AND expires_at IS NOT NULL;

-- Under account 0: the processes of this deployment. beats grows while the process lives; how
-- long it has not grown is measured by those who watch, each with its own clock.
CREATE TABLE processes (
    account_id INTEGER NOT NULL,
    process_id TEXT    NOT NULL,
    roles      TEXT    NOT NULL,
    beats      INTEGER NOT NULL DEFAULT 0,
    started_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, process_id)
) WITHOUT ROWID;

-- Which process paces a lane. fence grows with every change of the owner.
CREATE TABLE lane_owners (
    account_id INTEGER NOT NULL,
    queue      TEXT    NOT NULL,
    lane       TEXT    NOT NULL,
    process_id TEXT    NOT NULL,
    fence      INTEGER NOT NULL,
    PRIMARY KEY (account_id, queue, lane)
) WITHOUT ROWID;
CREATE INDEX lane_owners_by_process ON lane_owners (queue, process_id);

-- What an account wants done: with a message whose outcome stays unknown (resend, hold), with
-- messages of a template that was stopped (hold, fail), with one that Meta held back for the
-- recipient's sake (wait, end). validity_s NULL: the deployment's. daily_limit NULL: none.
ALTER TABLE accounts ADD COLUMN unknown_policy TEXT NOT NULL DEFAULT 'resend';
ALTER TABLE accounts ADD COLUMN template_policy TEXT NOT NULL DEFAULT 'hold';
ALTER TABLE accounts ADD COLUMN capped_policy TEXT NOT NULL DEFAULT 'end';
ALTER TABLE accounts ADD COLUMN validity_s INTEGER;
ALTER TABLE accounts ADD COLUMN daily_limit INTEGER;

-- How many messages an account had accepted on a day (days since 1970, UTC).
CREATE TABLE account_days (
    account_id INTEGER NOT NULL,
    day        INTEGER NOT NULL,
    accepted   INTEGER NOT NULL,
    PRIMARY KEY (account_id, day)
) WITHOUT ROWID;

-- held_until: Meta refused this number, and why; nothing is given to Meta before then.
-- hold_s, hold_ends_at: how long the newest hold was to last, and until when; gaps grow by them.
-- heard_at: when Meta's last webhook about this number came.
-- is_throughput_pinned: the operator's word on throughput stands against Meta's.
ALTER TABLE senders ADD COLUMN held_until INTEGER;
ALTER TABLE senders ADD COLUMN held_code TEXT;
ALTER TABLE senders ADD COLUMN held_title TEXT;
ALTER TABLE senders ADD COLUMN held_detail TEXT;
ALTER TABLE senders ADD COLUMN held_step TEXT;
ALTER TABLE senders ADD COLUMN hold_s INTEGER NOT NULL DEFAULT 0;
ALTER TABLE senders ADD COLUMN hold_ends_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE senders ADD COLUMN heard_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE senders ADD COLUMN is_throughput_pinned INTEGER NOT NULL DEFAULT 1;
CREATE INDEX senders_closed ON senders (account_id, sender_id)
    WHERE state <> 'active' OR held_until IS NOT NULL;

-- portfolio_id: the business portfolio that shares a messaging limit; '': the WABA alone.
ALTER TABLE wabas ADD COLUMN portfolio_id TEXT NOT NULL DEFAULT '';

-- messaging_limit: unique users outside a service window in a moving 24 hours; NULL: any number.
-- Of a portfolio without a row nothing is known.
CREATE TABLE portfolios (
    account_id      INTEGER NOT NULL,
    portfolio_id    TEXT    NOT NULL,
    messaging_limit INTEGER,
    learnt_at       INTEGER NOT NULL,
    PRIMARY KEY (account_id, portfolio_id)
) WITHOUT ROWID;

-- Who was written to in which hour (hours since 1970), or waits for which, and how many of each
-- there are: to count a moving day.
CREATE TABLE reached_users (
    account_id   INTEGER NOT NULL,
    portfolio_id TEXT    NOT NULL,
    recipient    TEXT    NOT NULL,
    hour         INTEGER NOT NULL,
    is_waiting   INTEGER NOT NULL,
    PRIMARY KEY (account_id, portfolio_id, recipient)
) WITHOUT ROWID;
CREATE INDEX reached_users_by_hour ON reached_users (account_id, portfolio_id, hour);
CREATE TABLE reached_hours (
    account_id   INTEGER NOT NULL,
    portfolio_id TEXT    NOT NULL,
    hour         INTEGER NOT NULL,
    users        INTEGER NOT NULL,
    waiting      INTEGER NOT NULL,
    PRIMARY KEY (account_id, portfolio_id, hour)
) WITHOUT ROWID;

-- country and category: what the price was estimated by. attempts: how often it was given to
-- Meta. expires_at, send_at: as the customer, or a default, has it.
ALTER TABLE messages ADD COLUMN country TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN category TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN priority INTEGER NOT NULL DEFAULT 1;
ALTER TABLE messages ADD COLUMN expires_at INTEGER;
ALTER TABLE messages ADD COLUMN send_at INTEGER;
CREATE INDEX messages_unknown ON messages (account_id, message_id) WHERE state = 'unknown';
-- What Meta was given and whose money is still set aside, by when it was last heard of.
CREATE INDEX messages_open ON messages (changed_at)
    WHERE payment = 'held' AND state IN ('submitted', 'sent', 'unknown');

-- What Meta said of the price, beside whether it bills at all.
ALTER TABLE parked_statuses ADD COLUMN pricing_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE parked_statuses ADD COLUMN pricing_category TEXT NOT NULL DEFAULT '';
CREATE INDEX parked_statuses_by_age ON parked_statuses (recorded_at);

-- What a message costs by country of the recipient ('': every other), category ('': every
-- other) and the day from which it holds (days since 1970, UTC). Account 0: the deployment's card.
CREATE TABLE rates (
    account_id  INTEGER NOT NULL,
    country     TEXT    NOT NULL,
    category    TEXT    NOT NULL,
    valid_from  INTEGER NOT NULL,
    price_minor INTEGER NOT NULL,
    PRIMARY KEY (account_id, country, category, valid_from)
) WITHOUT ROWID;

-- Of which accounts there are cards, in which currency; version grows with every import.
CREATE TABLE rate_cards (
    account_id INTEGER NOT NULL,
    currency   TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (account_id)
) WITHOUT ROWID;

-- What an operator, or an account, must hear of. Open until cleared_at is set.
CREATE TABLE alarms (
    account_id INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    raised_at  INTEGER NOT NULL,
    detail     TEXT    NOT NULL,
    next_step  TEXT    NOT NULL DEFAULT '',
    cleared_at INTEGER,
    PRIMARY KEY (account_id, kind, subject, raised_at)
) WITHOUT ROWID;
CREATE UNIQUE INDEX alarms_open ON alarms (account_id, kind, subject) WHERE cleared_at IS NULL;

-- What serves for a time only is found by its age.
CREATE INDEX account_days_by_day ON account_days (day);
CREATE INDEX reached_users_by_age ON reached_users (hour);
CREATE INDEX reached_hours_by_age ON reached_hours (hour);
CREATE INDEX alarms_by_age ON alarms (cleared_at) WHERE cleared_at IS NOT NULL;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
CREATE INDEX service_windows_by_age ON service_windows (wrote_at);
CREATE INDEX template_changes_by_age ON template_changes (changed_at);
CREATE INDEX opt_outs_by_age ON opt_outs (opted_in_at) WHERE opted_in_at > opted_out_at;
