-- name: erasure.page_messages
-- Messages of an account in the order of their ids. One that Meta was given, has not told of and whose
-- money is set aside is not over: it may have to be given to Meta again.
SELECT message_id, submission_id, state NOT IN ('accepted',
    'unknown')
    AND NOT (state = 'submitted' AND payment = 'held'), recipient, wamid, wa_id,
    failure_title, failure_detail, failure_step
FROM messages
WHERE account_id = :account_id AND message_id > :after AND message_id < :before_id
ORDER BY message_id LIMIT :limit

-- name: erasure.page_facts
-- Timelines of an account. Those of messages that are erased are over.
SELECT f.message_id, f.fact_id, f.message_id,
    EXISTS (
        SELECT 1 FROM messages AS m
        WHERE m.account_id = f.account_id AND m.message_id = f.message_id
            AND m.recipient LIKE 'erased:%'),
    f.wamid, f.failure_title, f.failure_detail, f.failure_step, f.answer
FROM facts AS f
WHERE f.account_id = :account_id AND (f.message_id, f.fact_id) > (:after, :after_number) AND f.message_id < :before_id
ORDER BY f.message_id, f.fact_id LIMIT :limit

-- name: erasure.page_submissions
-- What was asked of an account: it is over when all its messages are erased. Their ids are the
-- submission's own, or begin with it and a colon.
SELECT b.submission_id, b.submission_id,
    NOT EXISTS (
        SELECT 1 FROM messages AS m
        WHERE m.account_id = b.account_id AND m.message_id >= b.submission_id
            AND m.message_id < b.submission_id || ';' AND m.recipient NOT LIKE 'erased:%'),
    b.content, b.findings, b.ref, b.ref1, b.ref2
FROM submissions AS b
WHERE b.account_id = :account_id AND b.submission_id > :after AND b.submission_id < :before_id
ORDER BY b.submission_id LIMIT :limit

-- name: erasure.page_callbacks
-- Events of an account: over when they were told, or given up.
SELECT event_id, message_id, state <> 'pending', body, variables, last_answer
FROM callbacks
WHERE account_id = :account_id AND event_id > :after AND event_id < :before_id
ORDER BY event_id LIMIT :limit

-- name: erasure.page_callback_attempts
-- Attempts at events of an account: over when the event is.
SELECT t.event_id, t.attempt_id, '',
    coalesce((
        SELECT c.state <> 'pending' FROM callbacks AS c
        WHERE c.account_id = t.account_id AND c.event_id = t.event_id), 1 = 1),
    t.url, t.problem, t.answer
FROM callback_attempts AS t
WHERE t.account_id = :account_id AND (t.event_id, t.attempt_id) > (:after, :after_number) AND t.event_id < :before_id
ORDER BY t.event_id, t.attempt_id LIMIT :limit

-- name: erasure.page_inbound_messages
-- What recipients of an account wrote: over when its medium is no longer fetched.
SELECT inbound_id, inbound_id, media_state <> 'pending', recipient, user_id, wamid,
    profile_name, value, place, media_name, media_object_key, media_failure, ref, ref1, ref2
FROM inbound_messages
WHERE account_id = :account_id AND inbound_id > :after AND inbound_id < :before_id
ORDER BY inbound_id LIMIT :limit

-- name: erasure.page_account_events
-- What Meta told of an account beside messages. Some of it tells what recipients want, or wrote.
SELECT account_event_id, '',
    field NOT LIKE 'message_template%' AND field NOT LIKE 'account_%'
    AND field NOT LIKE 'phone_number_%' AND field NOT LIKE 'business_%',
    value
FROM account_events
WHERE account_id = :account_id AND account_event_id > :after AND account_event_id < :before_id
ORDER BY account_event_id LIMIT :limit

-- name: erasure.page_webhooks
-- Kept webhooks: over when they were worked off.
SELECT webhook_id, '', processed_at IS NOT NULL, body, outcome
FROM webhooks
WHERE account_id = :account_id AND webhook_id > :after AND webhook_id < :before_id
ORDER BY webhook_id LIMIT :limit

-- name: erasure.page_parked_statuses
-- Statuses of messages that nobody here knows.
SELECT wamid, parked_id, '', 1 = 1, wamid, meta_value, failure_title, failure_detail,
    failure_step
FROM parked_statuses
WHERE account_id = :account_id AND (wamid, parked_id) > (:after, :after_number)
ORDER BY wamid, parked_id LIMIT :limit

-- name: erasure.page_idempotency_keys
-- Answers that are promised under a key.
SELECT key, '', 1 = 1, key, answer
FROM idempotency_keys
WHERE account_id = :account_id AND key > :after
ORDER BY key LIMIT :limit

-- name: erasure.page_audit_entries
-- Administrative acts that concern an account.
SELECT audit_id, '', 1 = 1, target, detail
FROM audit_entries
WHERE account_id = :account_id AND audit_id > :after_number
ORDER BY audit_id LIMIT :limit

-- name: erasure.page_alarms
-- What an account must hear of, or had to.
SELECT kind, subject, raised_at, '', 1 = 1, detail, next_step
FROM alarms
WHERE account_id = :account_id AND (kind, subject, raised_at) > (:after, :after_second, :after_number)
ORDER BY kind, subject, raised_at LIMIT :limit

-- name: erasure.page_media
-- Media that an account uploaded.
SELECT media_id, '', 1 = 1, file_name
FROM media
WHERE account_id = :account_id AND media_id > :after
ORDER BY media_id LIMIT :limit

-- name: erasure.page_opt_outs
-- Who wants no marketing of an account, or came back.
SELECT recipient, '', 1 = 1, recipient, detail
FROM opt_outs
WHERE account_id = :account_id AND recipient > :after
ORDER BY recipient LIMIT :limit

-- name: erasure.page_service_windows
-- When recipients last wrote to an account's senders.
SELECT sender_id, recipient, '', 1 = 1, recipient
FROM service_windows
WHERE account_id = :account_id AND (sender_id, recipient) > (:after, :after_second)
ORDER BY sender_id, recipient LIMIT :limit

-- name: erasure.page_reached_users
-- Whom an account's portfolios wrote to in the last days.
SELECT portfolio_id, recipient, '', 1 = 1, recipient
FROM reached_users
WHERE account_id = :account_id AND (portfolio_id, recipient) > (:after, :after_second)
ORDER BY portfolio_id, recipient LIMIT :limit

-- name: erasure.write_messages
-- What stays of messages when they are erased, if none of their names changed meanwhile and none
-- came back to be given to Meta again.
UPDATE messages
SET recipient = v.column3, wamid = v.column4, wa_id = v.column5, failure_title = v.column6, failure_detail = v.column7, failure_step = v.column8
FROM (VALUES
(:account_id, :message_id, :recipient, :wamid, :wa_id, :failure_title, :failure_detail, :failure_step, :wamid_before) -- each
) AS v
WHERE messages.account_id = v.column1 AND messages.message_id = v.column2
    AND messages.wamid IS NOT DISTINCT FROM v.column9
    AND messages.state NOT IN ('accepted', 'unknown')

-- name: erasure.write_facts
-- What stays of these rows when they are erased.
UPDATE facts
SET wamid = v.column4, failure_title = v.column5, failure_detail = v.column6, failure_step = v.column7, answer = v.column8
FROM (VALUES
(:account_id, :message_id, :fact_id, :wamid, :failure_title, :failure_detail, :failure_step, :failure_detail) -- each
) AS v
WHERE facts.account_id = v.column1 AND facts.message_id = v.column2 AND facts.fact_id = v.column3

-- name: erasure.write_submissions
-- What stays of these rows when they are erased.
UPDATE submissions
SET content = v.column3, findings = v.column4, ref = v.column5, ref1 = v.column6, ref2 = v.column7
FROM (VALUES
(:account_id, :submission_id, :content, :findings, :ref, :ref1, :ref2) -- each
) AS v
WHERE submissions.account_id = v.column1 AND submissions.submission_id = v.column2

-- name: erasure.write_callbacks
-- What stays of these rows when they are erased.
UPDATE callbacks
SET body = v.column3, variables = v.column4, last_answer = v.column5
FROM (VALUES
(:account_id, :event_id, :content, :variables, :last_answer) -- each
) AS v
WHERE callbacks.account_id = v.column1 AND callbacks.event_id = v.column2

-- name: erasure.write_callback_attempts
-- What stays of these rows when they are erased.
UPDATE callback_attempts
SET url = v.column4, problem = v.column5, answer = v.column6
FROM (VALUES
(:account_id, :event_id, :attempt_id, :url, :problem, :content) -- each
) AS v
WHERE callback_attempts.account_id = v.column1 AND callback_attempts.event_id = v.column2 AND callback_attempts.attempt_id = v.column3

-- name: erasure.write_inbound_messages
-- What stays of these rows when they are erased.
UPDATE inbound_messages
SET recipient = v.column3, user_id = v.column4, wamid = v.column5, profile_name = v.column6, value = v.column7, place = v.column8, media_name = v.column9, media_object_key = v.column10, media_failure = v.column11, ref = v.column12, ref1 = v.column13, ref2 = v.column14
FROM (VALUES
(:account_id, :inbound_id, :recipient, :user_id, :wamid, :profile_name, :content, :place, :media_name, :media_object_key, :media_failure, :ref, :ref1, :ref2) -- each
) AS v
WHERE inbound_messages.account_id = v.column1 AND inbound_messages.inbound_id = v.column2

-- name: erasure.write_account_events
-- What stays of these rows when they are erased.
UPDATE account_events
SET value = v.column3
FROM (VALUES
(:account_id, :account_event_id, :content) -- each
) AS v
WHERE account_events.account_id = v.column1 AND account_events.account_event_id = v.column2

-- name: erasure.write_webhooks
-- What stays of these rows when they are erased.
UPDATE webhooks
SET body = v.column3, outcome = v.column4
FROM (VALUES
(:account_id, :webhook_id, :content, :outcome) -- each
) AS v
WHERE webhooks.account_id = v.column1 AND webhooks.webhook_id = v.column2

-- name: erasure.write_idempotency_keys
-- What stays of these rows when they are erased.
UPDATE idempotency_keys
SET key = v.column3, answer = v.column4
FROM (VALUES
(:account_id, :key, :key, :failure_detail) -- each
) AS v
WHERE idempotency_keys.account_id = v.column1 AND idempotency_keys.key = v.column2

-- name: erasure.write_audit_entries
-- What stays of these rows when they are erased.
UPDATE audit_entries
SET target = v.column3, detail = v.column4
FROM (VALUES
(:account_id, :audit_id, :target, :detail) -- each
) AS v
WHERE audit_entries.account_id = v.column1 AND audit_entries.audit_id = v.column2

-- name: erasure.write_alarms
-- What stays of these rows when they are erased.
UPDATE alarms
SET detail = v.column5, next_step = v.column6
FROM (VALUES
(:account_id, :kind, :subject, :raised_at, :detail, :next_step) -- each
) AS v
WHERE alarms.account_id = v.column1 AND alarms.kind = v.column2 AND alarms.subject = v.column3 AND alarms.raised_at = v.column4

-- name: erasure.write_media
-- What stays of these rows when they are erased.
UPDATE media
SET file_name = v.column3
FROM (VALUES
(:account_id, :media_id, :file_name) -- each
) AS v
WHERE media.account_id = v.column1 AND media.media_id = v.column2

-- name: erasure.drop_parked_statuses
-- Rows that serve nothing without the one they are about.
DELETE FROM parked_statuses
WHERE (account_id, wamid, parked_id) IN (VALUES
(:account_id, :wamid, :parked_id) -- each
)

-- name: erasure.drop_idempotency_keys
-- Rows that serve nothing without the one they are about.
DELETE FROM idempotency_keys
WHERE (account_id, key) IN (VALUES
(:account_id, :key) -- each
)

-- name: erasure.drop_opt_outs
-- Rows that serve nothing without the one they are about.
DELETE FROM opt_outs
WHERE (account_id, recipient) IN (VALUES
(:account_id, :recipient) -- each
)

-- name: erasure.drop_service_windows
-- Rows that serve nothing without the one they are about.
DELETE FROM service_windows
WHERE (account_id, sender_id, recipient) IN (VALUES
(:account_id, :sender_id, :recipient) -- each
)

-- name: erasure.drop_reached_users
-- Rows that serve nothing without the one they are about.
DELETE FROM reached_users
WHERE (account_id, portfolio_id, recipient) IN (VALUES
(:account_id, :portfolio_id, :recipient) -- each
)

-- name: erasure.names_of
-- What recipients of an account are called beside these names, as far as they wrote.
SELECT DISTINCT recipient, user_id
FROM inbound_messages
WHERE account_id = :account_id AND (recipient = :recipient OR user_id = :recipient)

-- name: erasure.place
-- How far something of an account has come.
SELECT value FROM places WHERE account_id = :account_id AND name = :name

-- name: erasure.save_place
-- How far something of an account has come.
INSERT INTO places (account_id, name, value)
VALUES (:account_id, :name, :value)
ON CONFLICT (account_id, name) DO UPDATE SET value = excluded.value
