-- name: messages.insert_submissions
-- Keeps what was asked, once for all its recipients.
INSERT INTO submissions (account_id, submission_id, sender_id, kind, template_name,
    template_language, content, ref, ref1, ref2, source, track_body, track_button, trace_id,
    accepted_at, findings, callback_profile_id)
VALUES
(:account_id, :submission_id, :sender_id, :kind, :template_name, :template_language, :content, :ref, :ref1, :ref2, :source, :track_body, :track_button, :trace_id, :accepted_at, :findings, :callback_profile_id) -- each

-- name: messages.insert
-- Keeps accepted messages, one per recipient.
INSERT INTO messages (account_id, message_id, submission_id, sender_id, recipient, state,
    payment, price_minor, accepted_at, changed_at, country, category, priority, expires_at,
    send_at)
VALUES
(:account_id, :message_id, :submission_id, :sender_id, :recipient, :state, :payment, :price_minor, :accepted_at, :changed_at, :country, :category, :priority, :expires_at, :send_at) -- each

-- name: messages.records
-- What a fact is held against: the message, its references and where its callbacks go.
SELECT m.account_id, m.message_id, m.submission_id, m.sender_id, s.phone_number_id, s.waba_id,
    b.callback_profile_id, m.recipient, b.ref, b.ref1, b.ref2, b.track_body, b.track_button, b.trace_id,
    m.state, m.facts_seen, m.wamid, m.payment, m.price_minor, m.failure_code, m.failure_title,
    m.failure_detail, m.failure_step, m.attempts, m.priority, m.country, m.category,
    m.accepted_at, m.expires_at, a.unknown_policy, a.template_policy, a.capped_policy,
    a.price_minor IS NOT NULL OR a.kind = 'tech_provider', b.template_name
FROM (VALUES
(:account_id, :message_id) -- each
) AS v
JOIN messages AS m ON m.account_id = v.column1 AND m.message_id = v.column2
JOIN submissions AS b ON b.account_id = m.account_id AND b.submission_id = m.submission_id
JOIN senders AS s ON s.account_id = m.account_id AND s.sender_id = m.sender_id
JOIN accounts AS a ON a.account_id = m.account_id

-- name: messages.ids_by_wamid
-- Our ids of messages that Meta names by its own.
SELECT account_id, wamid, message_id
FROM messages
WHERE wamid IS NOT NULL AND (account_id, wamid) IN (VALUES
(:account_id, :wamid) -- each
)

-- name: messages.update_states
-- What became of messages, if they still stand where their change was drawn from.
UPDATE messages
SET state = v.column3, facts_seen = v.column4, payment = v.column5,
    wamid = coalesce(v.column6, messages.wamid), wa_id = coalesce(v.column7, messages.wa_id),
    failure_code = v.column8, failure_title = v.column9, failure_detail = v.column10,
    failure_step = v.column11, changed_at = v.column12, attempts = v.column13
FROM (VALUES
(:account_id, :message_id, :state, :facts_seen, :payment, :wamid, :wa_id, :failure_code, :failure_title, :failure_detail, :failure_step, :changed_at, :attempts, :state_before, :seen_before, :payment_before, :wamid_before) -- each
) AS v
WHERE messages.account_id = v.column1 AND messages.message_id = v.column2
    AND messages.state = v.column14 AND messages.facts_seen = v.column15
    AND messages.payment = v.column16 AND messages.wamid IS NOT DISTINCT FROM v.column17
RETURNING messages.message_id

-- name: messages.insert_facts
-- Keeps facts; a message's timeline is all of its facts.
INSERT INTO facts (account_id, message_id, fact_id, fact, occurred_at, recorded_at, attempt,
    wamid, failure_code, failure_title, failure_detail, failure_step, duration_ms, http_status,
    answer)
VALUES
(:account_id, :message_id, :fact_id, :fact, :occurred_at, :recorded_at, :attempt, :wamid, :failure_code, :failure_title, :failure_detail, :failure_step, :duration_ms, :http_status, :answer) -- each

-- name: messages.dispatchables
-- Messages with all that is needed to give them to Meta.
SELECT m.account_id, m.message_id, m.recipient, m.state, b.kind, b.template_name,
    b.template_language, b.content, s.sender_id, s.phone_number_id, s.waba_id, w.access_token,
    s.throughput, s.api_version, s.state, s.display_name, s.held_until,
    s.held_code, s.held_title, s.held_detail, s.held_step, s.heard_at, s.is_throughput_pinned,
    m.priority, m.expires_at, a.unknown_policy, a.template_policy, a.capped_policy, t.status,
    m.facts_seen
FROM (VALUES
(:account_id, :message_id) -- each
) AS v
JOIN messages AS m ON m.account_id = v.column1 AND m.message_id = v.column2
JOIN submissions AS b ON b.account_id = m.account_id AND b.submission_id = m.submission_id
JOIN senders AS s ON s.account_id = m.account_id AND s.sender_id = m.sender_id
JOIN wabas AS w ON w.account_id = s.account_id AND w.waba_id = s.waba_id
JOIN accounts AS a ON a.account_id = m.account_id
LEFT JOIN templates AS t ON t.account_id = m.account_id AND t.waba_id = s.waba_id
    AND t.name = b.template_name AND t.language = b.template_language

-- name: messages.park_statuses
-- Keeps statuses of messages that are not known here.
INSERT INTO parked_statuses (account_id, wamid, parked_id, phone_number_id, fact, occurred_at,
    recorded_at, is_billable, pricing_kind, pricing_category, meta_value, failure_code,
    failure_title, failure_detail, failure_step)
VALUES
(:account_id, :wamid, :parked_id, :phone_number_id, :fact, :occurred_at, :recorded_at, :is_billable, :pricing_kind, :pricing_category, :meta_value, :failure_code, :failure_title, :failure_detail, :failure_step) -- each

-- name: messages.any_parked
-- One row if any status is parked.
-- Looks at whole tables: it ends at the first row.
SELECT 1 FROM parked_statuses LIMIT 1

-- name: messages.unpark_statuses
-- Takes back parked statuses of messages that became known.
DELETE FROM parked_statuses
WHERE (account_id, wamid) IN (VALUES
(:account_id, :wamid) -- each
)
RETURNING account_id, wamid, fact, occurred_at, is_billable, pricing_kind, pricing_category,
    meta_value, failure_code,
    failure_title, failure_detail, failure_step

-- name: messages.answered
-- Answers given under an Idempotency-Key.
SELECT account_id, key, body_hash, answer, created_at
FROM idempotency_keys
WHERE (account_id, key) IN (VALUES
(:account_id, :key) -- each
)

-- name: messages.remember_answers
-- Remembers answers under their Idempotency-Key, where none stands; gives those it kept.
INSERT INTO idempotency_keys (account_id, key, body_hash, answer, created_at)
VALUES
(:account_id, :key, :body_hash, :answer, :created_at) -- each
ON CONFLICT (account_id, key) DO NOTHING
RETURNING account_id, key

-- name: messages.drop_answers
-- Forgets answers that have outlived their time, so that their keys may be used again; one that
-- another process put in its place meanwhile stays.
DELETE FROM idempotency_keys
WHERE (account_id, key, created_at) IN (VALUES
(:account_id, :key, :created_at) -- each
)
