-- The answer: callback profiles and the log of what they were told, inbound messages, what an
-- attempt came to, figures by the hour.

-- Where and how an account wants its callbacks. profile_id: <pod>_<uuid>. events: a JSON array of
-- event kinds. body: the customer's own template; NULL: the documented envelope. secrets: sealed,
-- what signs and opens its calls; '' until the gateway has made the first one.
-- state: active, paused (by a person), suspended (by its own failures), gone (it answered 410).
-- failing_since: since when every attempt has failed; NULL: the last one did not. probe_at: when a
-- suspended one is tried again.
CREATE TABLE callback_profiles (
    account_id    BIGINT           NOT NULL,
    profile_id    TEXT COLLATE "C" NOT NULL,
    title         TEXT COLLATE "C" NOT NULL,
    events        TEXT COLLATE "C" NOT NULL,
    method        TEXT COLLATE "C" NOT NULL DEFAULT 'POST',
    url           TEXT COLLATE "C" NOT NULL,
    body          TEXT COLLATE "C",
    content_type  TEXT COLLATE "C" NOT NULL DEFAULT 'application/json',
    secrets       TEXT COLLATE "C" NOT NULL DEFAULT '',
    state         TEXT COLLATE "C" NOT NULL DEFAULT 'active',
    state_reason  TEXT COLLATE "C" NOT NULL DEFAULT '',
    failing_since BIGINT,
    warned_at     BIGINT,
    probe_at      BIGINT,
    probes        BIGINT           NOT NULL DEFAULT 0,
    created_at    BIGINT           NOT NULL,
    changed_at    BIGINT           NOT NULL,
    PRIMARY KEY (account_id, profile_id)
);
CREATE INDEX callback_profiles_failing ON callback_profiles (account_id, profile_id)
    WHERE state <> 'active' OR failing_since IS NOT NULL;

-- Whose events go to a profile. target: 'sender/<its number>', 'waba/<its id>' or 'account'.
CREATE TABLE callback_attachments (
    account_id BIGINT           NOT NULL,
    target     TEXT COLLATE "C" NOT NULL,
    profile_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, target, profile_id)
);

INSERT INTO callback_profiles (account_id, profile_id, title, events, url, created_at, changed_at)
SELECT u.account_id, substr(a.sid, 3, 2) || '_' || gen_random_uuid(),
    'Callbacks', '["message_status"]', u.url, a.created_at, a.created_at
FROM (
    SELECT account_id, callback_url AS url FROM senders WHERE callback_url IS NOT NULL
    UNION
    SELECT account_id, url FROM callbacks
) AS u
JOIN accounts AS a ON a.account_id = u.account_id;
INSERT INTO callback_attachments (account_id, target, profile_id)
SELECT s.account_id, 'sender/' || s.sender_id, p.profile_id
FROM senders AS s
JOIN callback_profiles AS p ON p.account_id = s.account_id AND p.url = s.callback_url;
ALTER TABLE senders DROP COLUMN callback_url;

-- One row per event and profile. event_id: what it is about, what happened, and to whom it goes:
-- '<message id>.<state>.<the end of the profile's id>'. message_id: the message, or inbound message,
-- it is about; '' for any other. sequence: grows with each event of one message. variables: what a
-- customer's own template may name and the documented envelope does not hold, as JSON.
ALTER TABLE callbacks ADD COLUMN profile_id TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE callbacks ADD COLUMN kind TEXT COLLATE "C" NOT NULL DEFAULT 'message_status';
ALTER TABLE callbacks ADD COLUMN sequence BIGINT NOT NULL DEFAULT 0;
ALTER TABLE callbacks ADD COLUMN variables TEXT COLLATE "C" NOT NULL DEFAULT '{}';
UPDATE callbacks SET profile_id = (
    SELECT p.profile_id FROM callback_profiles AS p
    WHERE p.account_id = callbacks.account_id AND p.url = callbacks.url);
-- Work whose event was removed keeps its lane: it goes when it is taken, for there is nothing to tell.
UPDATE queue SET lane = coalesce((
    SELECT p.profile_id FROM callback_profiles AS p
    WHERE p.account_id = queue.account_id AND p.url = queue.lane), lane)
WHERE queue = 'callback';
ALTER TABLE callbacks DROP COLUMN url;
CREATE INDEX callbacks_given_up ON callbacks (account_id, profile_id, created_at)
    WHERE state = 'given_up';
-- Those of no message we sent go by their age.
CREATE INDEX callbacks_by_age ON callbacks (created_at) WHERE kind <> 'message_status';

-- Every attempt at every event, as long as the event itself. attempt_id grows with time
-- (microseconds since 1970). answer: the first bytes of what the endpoint answered.
CREATE TABLE callback_attempts (
    account_id   BIGINT           NOT NULL,
    event_id     TEXT COLLATE "C" NOT NULL,
    attempt_id   BIGINT           NOT NULL,
    profile_id   TEXT COLLATE "C" NOT NULL,
    attempt      BIGINT           NOT NULL,
    url          TEXT COLLATE "C" NOT NULL,
    duration_ms  BIGINT           NOT NULL,
    status       BIGINT,
    problem      TEXT COLLATE "C" NOT NULL DEFAULT '',
    answer       BYTEA,
    PRIMARY KEY (account_id, event_id, attempt_id)
) PARTITION BY RANGE (event_id);
CREATE TABLE callback_attempts_rest PARTITION OF callback_attempts DEFAULT;
CREATE INDEX callback_attempts_by_profile
    ON callback_attempts (account_id, profile_id, attempt_id);

-- A profile that one request names for its own statuses.
ALTER TABLE submissions ADD COLUMN callback_profile_id TEXT COLLATE "C";

-- What recipients wrote. recipient: who wrote, as in messages. value: Meta's webhook value with
-- this one message, as JSON. reply_to: our id of the message it answers; is_probable: that was found
-- out by what was ordered, and not told by Meta. place: the card and the button that were tapped, as
-- JSON. media_state: '', pending, stored or failed.
CREATE TABLE inbound_messages (
    account_id       BIGINT           NOT NULL,
    inbound_id       TEXT COLLATE "C" NOT NULL,
    sender_id        TEXT COLLATE "C" NOT NULL,
    waba_id          TEXT COLLATE "C" NOT NULL,
    wamid            TEXT COLLATE "C" NOT NULL,
    kind             TEXT COLLATE "C" NOT NULL,
    recipient        TEXT COLLATE "C" NOT NULL,
    user_id          TEXT COLLATE "C",
    profile_name     TEXT COLLATE "C" NOT NULL DEFAULT '',
    value            BYTEA            NOT NULL,
    occurred_at      BIGINT           NOT NULL,
    received_at      BIGINT           NOT NULL,
    reply_to         TEXT COLLATE "C",
    is_probable      BIGINT           NOT NULL DEFAULT 0,
    ref              TEXT COLLATE "C",
    ref1             TEXT COLLATE "C",
    ref2             TEXT COLLATE "C",
    trace_id         TEXT COLLATE "C" NOT NULL,
    place            TEXT COLLATE "C",
    media_id         TEXT COLLATE "C",
    media_state      TEXT COLLATE "C" NOT NULL DEFAULT '',
    media_type       TEXT COLLATE "C" NOT NULL DEFAULT '',
    media_name       TEXT COLLATE "C" NOT NULL DEFAULT '',
    media_size       BIGINT,
    media_object_key TEXT COLLATE "C",
    media_failure    TEXT COLLATE "C",
    PRIMARY KEY (account_id, inbound_id)
);
CREATE UNIQUE INDEX inbound_messages_by_wamid ON inbound_messages (account_id, wamid, sender_id);
CREATE INDEX inbound_messages_by_recipient
    ON inbound_messages (account_id, recipient, inbound_id);
CREATE INDEX inbound_messages_by_reply ON inbound_messages (account_id, reply_to, inbound_id)
    WHERE reply_to IS NOT NULL;
CREATE INDEX inbound_messages_by_age ON inbound_messages (received_at);
CREATE INDEX inbound_messages_by_object ON inbound_messages (account_id, media_object_key)
    WHERE media_object_key IS NOT NULL;

-- What Meta told of WABAs, numbers and templates, beside messages. field: Meta's name of its kind.
-- digest: the same for what Meta tells again.
CREATE TABLE account_events (
    account_id       BIGINT           NOT NULL,
    account_event_id TEXT COLLATE "C" NOT NULL,
    waba_id          TEXT COLLATE "C" NOT NULL,
    sender_id        TEXT COLLATE "C" NOT NULL DEFAULT '',
    field            TEXT COLLATE "C" NOT NULL,
    value            BYTEA            NOT NULL,
    occurred_at      BIGINT           NOT NULL,
    received_at      BIGINT           NOT NULL,
    digest           TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, account_event_id)
);
CREATE UNIQUE INDEX account_events_by_digest ON account_events (account_id, digest);
CREATE INDEX account_events_by_age ON account_events (received_at);

-- What an attempt at Meta was: how long it took, what came back. answer: Meta's own words where it
-- did not take the message; of a status what it said of the price.
ALTER TABLE facts ADD COLUMN duration_ms BIGINT;
ALTER TABLE facts ADD COLUMN http_status BIGINT;
ALTER TABLE facts ADD COLUMN answer TEXT COLLATE "C";

-- What became of the messages accepted in an hour (hours since 1970), by whom and for where.
-- shard: whose row it is, of several processes that count; sums are over all of them.
CREATE TABLE usage_counts (
    account_id  BIGINT           NOT NULL,
    hour        BIGINT           NOT NULL,
    sender_id   TEXT COLLATE "C" NOT NULL,
    template    TEXT COLLATE "C" NOT NULL,
    country     TEXT COLLATE "C" NOT NULL,
    category    TEXT COLLATE "C" NOT NULL,
    shard       BIGINT           NOT NULL,
    accepted    BIGINT           NOT NULL DEFAULT 0,
    submitted   BIGINT           NOT NULL DEFAULT 0,
    sent        BIGINT           NOT NULL DEFAULT 0,
    delivered   BIGINT           NOT NULL DEFAULT 0,
    read        BIGINT           NOT NULL DEFAULT 0,
    failed      BIGINT           NOT NULL DEFAULT 0,
    not_sent    BIGINT           NOT NULL DEFAULT 0,
    spend_minor BIGINT           NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, hour, sender_id, template, country, category, shard)
);

-- Why messages accepted in an hour failed or were not sent. code: Meta's, or ours.
CREATE TABLE usage_failures (
    account_id BIGINT           NOT NULL,
    hour       BIGINT           NOT NULL,
    sender_id  TEXT COLLATE "C" NOT NULL,
    template   TEXT COLLATE "C" NOT NULL,
    country    TEXT COLLATE "C" NOT NULL,
    code       TEXT COLLATE "C" NOT NULL,
    shard      BIGINT           NOT NULL,
    failures   BIGINT           NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, hour, sender_id, template, country, code, shard)
);

-- A message counts for its state and for those that lead to it: what was read was delivered.
INSERT INTO usage_counts (account_id, hour, sender_id, template, country, category, shard, accepted,
    submitted, sent, delivered, read, failed, not_sent, spend_minor)
SELECT m.account_id, m.accepted_at / 3600000, m.sender_id, coalesce(b.template_name, ''),
    m.country, m.category, 0, count(*),
    sum(CASE WHEN m.state IN ('submitted', 'sent', 'delivered', 'read') THEN 1 ELSE 0 END),
    sum(CASE WHEN m.state IN ('sent', 'delivered', 'read') THEN 1 ELSE 0 END),
    sum(CASE WHEN m.state IN ('delivered', 'read') THEN 1 ELSE 0 END),
    sum(CASE WHEN m.state = 'read' THEN 1 ELSE 0 END),
    sum(CASE WHEN m.state = 'failed' THEN 1 ELSE 0 END),
    sum(CASE WHEN m.state = 'not_sent' THEN 1 ELSE 0 END),
    coalesce(sum((
        SELECT sum(CASE WHEN e.kind = 'refund' THEN -e.amount_minor ELSE e.amount_minor END)
        FROM ledger_entries AS e
        WHERE e.account_id = m.account_id AND e.reference = m.message_id
            AND e.kind IN ('capture', 'surcharge', 'refund')
    )), 0)
FROM messages AS m
JOIN submissions AS b ON b.account_id = m.account_id AND b.submission_id = m.submission_id
GROUP BY m.account_id, m.accepted_at / 3600000, m.sender_id, coalesce(b.template_name, ''),
    m.country, m.category;
INSERT INTO usage_failures (account_id, hour, sender_id, template, country, code, shard, failures)
SELECT m.account_id, m.accepted_at / 3600000, m.sender_id, coalesce(b.template_name, ''),
    m.country, m.failure_code, 0, count(*)
FROM messages AS m
JOIN submissions AS b ON b.account_id = m.account_id AND b.submission_id = m.submission_id
WHERE m.failure_code IS NOT NULL AND m.state IN ('failed', 'not_sent')
GROUP BY m.account_id, m.accepted_at / 3600000, m.sender_id, coalesce(b.template_name, ''),
    m.country, m.failure_code;

-- Messages are looked for by whom they are for, by the customer's own words, and by why they failed.
CREATE INDEX messages_by_recipient ON messages (account_id, recipient, message_id);
CREATE INDEX messages_by_failure ON messages (account_id, failure_code, message_id)
    WHERE failure_code IS NOT NULL;
CREATE INDEX submissions_by_ref ON submissions (account_id, ref, submission_id)
    WHERE ref IS NOT NULL;
CREATE INDEX submissions_by_ref1 ON submissions (account_id, ref1, submission_id)
    WHERE ref1 IS NOT NULL;
CREATE INDEX submissions_by_ref2 ON submissions (account_id, ref2, submission_id)
    WHERE ref2 IS NOT NULL;

-- How far something that goes through all rows has come. name: whose place it is.
CREATE TABLE places (
    account_id BIGINT           NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    value      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, name)
);
