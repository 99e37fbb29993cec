-- name: history.messages_before
-- Messages older than an id, in the order of their ids, behind one of them.
SELECT account_id, message_id, submission_id, state, payment
FROM messages
WHERE message_id > :after_id AND message_id < :before_id
ORDER BY message_id LIMIT :limit

-- name: history.silent
-- Messages that Meta was given, whose money is still set aside, and of which nothing was heard
-- since an instant; not those of unknown outcome that are still to be looked at again. Their ids
-- are bounded, for what has long been silent was accepted long ago.
SELECT m.account_id, m.message_id
FROM messages AS m
WHERE m.payment = 'held' AND m.state IN ('submitted', 'sent', 'unknown')
    AND m.changed_at < :before AND m.message_id < :before_id
    AND NOT EXISTS (
        SELECT 1 FROM queue AS q
        WHERE q.account_id = m.account_id AND q.queue = 'dispatch' AND q.item_id = m.message_id
            AND q.due_at < :parked_at)
ORDER BY m.changed_at LIMIT :limit

-- name: history.untold
-- Which of these messages have an event that the customer has not been told yet.
SELECT account_id, message_id
FROM callbacks
WHERE state = 'pending' AND (account_id, message_id) IN (VALUES
(:account_id, :message_id) -- each
)

-- name: history.drop_messages
-- Messages are let go, if nothing is owed of them.
DELETE FROM messages
WHERE state NOT IN ('accepted', 'unknown') AND payment <> 'held'
    AND (account_id, message_id) IN (VALUES
(:account_id, :message_id) -- each
)
RETURNING account_id, message_id

-- name: history.drop_facts
-- The timelines of messages that were let go.
DELETE FROM facts
WHERE (account_id, message_id) IN (VALUES
(:account_id, :message_id) -- each
)

-- name: history.drop_callbacks
-- The events of messages that were let go.
DELETE FROM callbacks
WHERE (account_id, message_id) IN (VALUES
(:account_id, :message_id) -- each
)
RETURNING account_id, event_id

-- name: history.drop_attempts
-- The log of events that were let go.
DELETE FROM callback_attempts
WHERE (account_id, event_id) IN (VALUES
(:account_id, :event_id) -- each
)

-- name: history.drop_entries
-- The ledger's lines of messages that were let go; what they came to is carried forward.
DELETE FROM ledger_entries
WHERE (account_id, reference) IN (VALUES
(:account_id, :reference) -- each
)
RETURNING account_id, reference, kind, amount_minor

-- name: history.carry_forward
-- What the lines that were let go came to, in one line for each account and day of doing so.
INSERT INTO ledger_entries (account_id, reference, kind, amount_minor, reason, created_at)
VALUES
(:account_id, :reference, :kind, :amount_minor, :reason, :created_at) -- each
ON CONFLICT (account_id, reference, kind) DO UPDATE
SET amount_minor = ledger_entries.amount_minor + excluded.amount_minor

-- name: history.drop_submissions
-- What was asked goes with the last of its messages. Their ids are the submission's own, or
-- begin with it and a colon.
DELETE FROM submissions
WHERE (account_id, submission_id) IN (VALUES
(:account_id, :submission_id) -- each
) AND NOT EXISTS (
    SELECT 1 FROM messages AS m
    WHERE m.account_id = submissions.account_id AND m.message_id >= submissions.submission_id
        AND m.message_id < submissions.submission_id || ';'
)

-- name: history.past_account_days
-- Days whose limit is not asked for any more.
SELECT account_id, day FROM account_days WHERE day < :before / 86400000 LIMIT :limit

-- name: history.drop_account_days
-- Days whose limit is not asked for any more.
DELETE FROM account_days
WHERE (account_id, day) IN (VALUES
(:account_id, :day) -- each
)

-- name: history.past_account_events
-- What Meta told of an account long ago.
SELECT account_id, account_event_id
FROM account_events WHERE received_at < :before LIMIT :limit

-- name: history.drop_account_events
-- What Meta told of an account long ago.
DELETE FROM account_events
WHERE (account_id, account_event_id) IN (VALUES
(:account_id, :account_event_id) -- each
)

-- name: history.past_alarms
-- Alarms that have long been over.
SELECT account_id, kind, subject, raised_at
FROM alarms WHERE cleared_at IS NOT NULL AND cleared_at < :before LIMIT :limit

-- name: history.drop_alarms
-- Alarms that have long been over.
DELETE FROM alarms
WHERE cleared_at IS NOT NULL AND (account_id, kind, subject, raised_at) IN (VALUES
(:account_id, :kind, :subject, :raised_at) -- each
)

-- name: history.past_callbacks
-- Events of no message that was sent: of what came in, of accounts, of tests. Those still to be
-- delivered stay.
SELECT account_id, event_id
FROM callbacks
WHERE kind <> 'message_status' AND created_at < :before AND state <> 'pending'
LIMIT :limit

-- name: history.drop_past_callbacks
-- The same, unless somebody wants them delivered again.
DELETE FROM callbacks
WHERE state <> 'pending' AND (account_id, event_id) IN (VALUES
(:account_id, :event_id) -- each
)
RETURNING account_id, event_id

-- name: history.past_idempotency_keys
-- Answers older than the time they are promised for.
SELECT account_id, key, created_at
FROM idempotency_keys WHERE created_at < :before LIMIT :limit

-- name: history.drop_idempotency_keys
-- Answers older than the time they are promised for; one that was given anew stays.
DELETE FROM idempotency_keys
WHERE (account_id, key, created_at) IN (VALUES
(:account_id, :key, :created_at) -- each
)

-- name: history.past_inbound_messages
-- What recipients wrote long ago, and where its bytes lie; not that whose medium is still on its
-- way.
SELECT account_id, inbound_id, coalesce(media_object_key, '')
FROM inbound_messages
WHERE received_at < :before AND media_state <> 'pending' LIMIT :limit

-- name: history.drop_inbound_messages
-- What recipients wrote long ago.
DELETE FROM inbound_messages
WHERE media_state <> 'pending' AND (account_id, inbound_id) IN (VALUES
(:account_id, :inbound_id) -- each
)

-- name: history.past_opt_outs
-- Opt-outs of recipients who came back long ago.
SELECT account_id, recipient, opted_out_at, opted_in_at
FROM opt_outs WHERE opted_in_at > opted_out_at AND opted_in_at < :before LIMIT :limit

-- name: history.drop_opt_outs
-- Opt-outs of recipients who came back long ago, if nothing was told since.
DELETE FROM opt_outs
WHERE (account_id, recipient, opted_out_at, opted_in_at) IN (VALUES
(:account_id, :recipient, :opted_out_at, :opted_in_at) -- each
)

-- name: history.past_parked_statuses
-- Statuses of messages that nobody has come to know.
SELECT account_id, wamid, parked_id
FROM parked_statuses WHERE recorded_at < :before LIMIT :limit

-- name: history.drop_parked_statuses
-- Statuses of messages that nobody has come to know.
DELETE FROM parked_statuses
WHERE (account_id, wamid, parked_id) IN (VALUES
(:account_id, :wamid, :parked_id) -- each
)

-- name: history.past_reached_hours
-- Hours that no messaging limit counts any more.
SELECT account_id, portfolio_id, hour
FROM reached_hours WHERE hour < :before / 3600000 LIMIT :limit

-- name: history.drop_reached_hours
-- Hours that no messaging limit counts any more.
DELETE FROM reached_hours
WHERE (account_id, portfolio_id, hour) IN (VALUES
(:account_id, :portfolio_id, :hour) -- each
)

-- name: history.past_reached_users
-- Users that no messaging limit counts any more.
SELECT account_id, portfolio_id, recipient, hour
FROM reached_users WHERE hour < :before / 3600000 LIMIT :limit

-- name: history.drop_reached_users
-- Users that no messaging limit counts any more, if they were not reached since.
DELETE FROM reached_users
WHERE (account_id, portfolio_id, recipient, hour) IN (VALUES
(:account_id, :portfolio_id, :recipient, :hour) -- each
)

-- name: history.past_service_windows
-- Service windows that have long closed.
SELECT account_id, sender_id, recipient, wrote_at
FROM service_windows WHERE wrote_at < :before LIMIT :limit

-- name: history.drop_service_windows
-- Service windows that have long closed, if nobody wrote since.
DELETE FROM service_windows
WHERE (account_id, sender_id, recipient, wrote_at) IN (VALUES
(:account_id, :sender_id, :recipient, :wrote_at) -- each
)

-- name: history.past_template_changes
-- Drift that nobody looks for any more.
SELECT account_id, waba_id, change_id
FROM template_changes WHERE changed_at < :before LIMIT :limit

-- name: history.drop_template_changes
-- Drift that nobody looks for any more.
DELETE FROM template_changes
WHERE (account_id, waba_id, change_id) IN (VALUES
(:account_id, :waba_id, :change_id) -- each
)

-- name: history.past_webhooks
-- Webhooks that were understood long ago.
SELECT account_id, webhook_id
FROM webhooks
WHERE account_id = :account_id AND webhook_id < :before_id AND processed_at IS NOT NULL
ORDER BY webhook_id LIMIT :limit

-- name: history.drop_webhooks
-- Webhooks that were understood long ago.
DELETE FROM webhooks
WHERE processed_at IS NOT NULL AND (account_id, webhook_id) IN (VALUES
(:account_id, :webhook_id) -- each
)

-- name: history.parked_of_known
-- Statuses that stand parked although their message is known by now: one process parked them
-- while another recorded that Meta took it. The newest, for a race is a matter of moments.
SELECT p.account_id, p.wamid, m.message_id
FROM (
    SELECT account_id, wamid FROM parked_statuses WHERE recorded_at >= :since
    ORDER BY recorded_at DESC LIMIT 10000
) AS p
JOIN messages AS m ON m.account_id = p.account_id AND m.wamid = p.wamid
LIMIT :limit

-- name: history.orphans
-- Rows without those that they belong to: there should be none. A hundred are enough to know.
-- Looks at whole tables: an operator's examination.
SELECT m.account_id, m.message_id, 'a message without its request'
FROM messages AS m
WHERE NOT EXISTS (
    SELECT 1 FROM submissions AS b
    WHERE b.account_id = m.account_id AND b.submission_id = m.submission_id)
UNION ALL
SELECT f.account_id, f.message_id, 'a fact without its message'
FROM facts AS f
WHERE NOT EXISTS (
    SELECT 1 FROM messages AS m
    WHERE m.account_id = f.account_id AND m.message_id = f.message_id)
UNION ALL
SELECT q.account_id, q.item_id, 'dispatch work without its message'
FROM queue AS q
WHERE q.queue = 'dispatch' AND NOT EXISTS (
    SELECT 1 FROM messages AS m
    WHERE m.account_id = q.account_id AND m.message_id = q.item_id)
UNION ALL
SELECT q.account_id, q.item_id, 'callback work without its event'
FROM queue AS q
WHERE q.queue = 'callback' AND NOT EXISTS (
    SELECT 1 FROM callbacks AS c
    WHERE c.account_id = q.account_id AND c.event_id = q.item_id)
UNION ALL
SELECT t.account_id, t.event_id, 'an attempt without its event'
FROM callback_attempts AS t
WHERE NOT EXISTS (
    SELECT 1 FROM callbacks AS c
    WHERE c.account_id = t.account_id AND c.event_id = t.event_id)
UNION ALL
SELECT q.account_id, q.item_id, 'media work without its inbound message'
FROM queue AS q
WHERE q.queue = 'media' AND NOT EXISTS (
    SELECT 1 FROM inbound_messages AS i
    WHERE i.account_id = q.account_id AND i.inbound_id = q.item_id)
UNION ALL
SELECT i.account_id, i.inbound_id, 'a medium on its way that no work waits for'
FROM inbound_messages AS i
WHERE i.media_state = 'pending' AND NOT EXISTS (
    SELECT 1 FROM queue AS q
    WHERE q.account_id = i.account_id AND q.queue = 'media' AND q.item_id = i.inbound_id)
UNION ALL
SELECT m.account_id, m.message_id, 'a message on its way that no work waits for'
FROM messages AS m
WHERE m.state = 'accepted' AND NOT EXISTS (
    SELECT 1 FROM queue AS q
    WHERE q.account_id = m.account_id AND q.queue = 'dispatch' AND q.item_id = m.message_id)
LIMIT 100
