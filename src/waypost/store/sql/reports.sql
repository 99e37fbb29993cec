-- name: reports.find_message
-- One message, by our id, with what was asked; the price of one that was charged is what it cost.
SELECT m.account_id, a.sid, m.message_id, m.submission_id, m.sender_id, m.recipient, m.state,
    m.payment, CASE WHEN m.payment = 'captured' THEN coalesce((
        SELECT sum(CASE WHEN e.kind = 'refund' THEN -e.amount_minor ELSE e.amount_minor END)
        FROM ledger_entries AS e
        WHERE e.account_id = m.account_id AND e.reference = m.message_id
            AND e.kind IN ('capture', 'surcharge', 'refund')
    ), m.price_minor) ELSE m.price_minor END, w.currency, m.wamid, m.wa_id, m.failure_code, m.failure_title,
    m.failure_detail, m.failure_step, m.accepted_at, m.changed_at, b.kind, b.template_name,
    b.template_language, b.content, b.ref, b.ref1, b.ref2, b.source, b.trace_id,
    b.findings, m.send_at, m.expires_at, m.priority
FROM messages AS m
JOIN submissions AS b ON b.account_id = m.account_id AND b.submission_id = m.submission_id
JOIN accounts AS a ON a.account_id = m.account_id
JOIN wallets AS w ON w.account_id = m.account_id
WHERE m.message_id = :message_id

-- name: reports.messages_of_submission
-- The messages of one request, in order.
SELECT account_id, message_id, recipient, state
FROM messages
WHERE message_id = :submission_id
    OR (message_id >= :submission_id || ':' AND message_id < :submission_id || ';')
ORDER BY length(message_id), message_id

-- name: reports.of_request
-- A message of an account, or all messages of one of its requests, in order, without what they say.
SELECT m.message_id, m.submission_id, m.sender_id, m.recipient, m.state, m.payment,
    m.price_minor, w.currency, m.wamid, m.failure_code, m.failure_title, m.failure_detail,
    m.failure_step, m.accepted_at, m.changed_at, m.send_at, m.expires_at, m.priority, m.attempts,
    b.ref, b.ref1, b.ref2
FROM messages AS m
JOIN submissions AS b ON b.account_id = m.account_id AND b.submission_id = m.submission_id
JOIN wallets AS w ON w.account_id = m.account_id
WHERE m.account_id = :account_id AND (
    m.message_id = :named
    OR (m.message_id >= :named || ':' AND m.message_id < :named || ';')
)
ORDER BY length(m.message_id), m.message_id

-- name: reports.unknown
-- Messages whose outcome nobody knows, in the order of their ids; of one account if it is named.
SELECT m.account_id, a.sid, m.message_id, m.sender_id, m.recipient, m.changed_at,
    a.unknown_policy, m.attempts, m.expires_at, q.due_at
FROM messages AS m
JOIN accounts AS a ON a.account_id = m.account_id
LEFT JOIN queue AS q ON q.account_id = m.account_id AND q.queue = 'dispatch'
    AND q.item_id = m.message_id
WHERE m.state = 'unknown' AND (:account_id IS NULL OR m.account_id = :account_id)
    AND m.message_id > :after
ORDER BY m.message_id LIMIT :limit

-- name: reports.senders_with_unknown
-- Senders of an account that have messages of unknown outcome which nobody looks at soon.
SELECT DISTINCT m.sender_id
FROM messages AS m
LEFT JOIN queue AS q ON q.account_id = m.account_id AND q.queue = 'dispatch'
    AND q.item_id = m.message_id
WHERE m.state = 'unknown' AND m.account_id = :account_id
    AND (q.due_at IS NULL OR q.due_at > :soon)

-- name: reports.facts
-- The timeline of a message, in the order in which it was learned.
SELECT fact, occurred_at, recorded_at, attempt, wamid, failure_code, failure_title,
    failure_detail, failure_step, duration_ms, http_status, answer
FROM facts
WHERE account_id = :account_id AND message_id = :message_id
ORDER BY fact_id

-- name: reports.queue_item
-- Where a message waits, if it does.
SELECT queue, due_at, attempt, lease_token
FROM queue
WHERE account_id = :account_id AND queue = 'dispatch' AND item_id = :message_id

-- name: reports.replies
-- What recipients wrote in answer to a message, oldest first.
SELECT i.account_id, a.sid, i.inbound_id, i.sender_id, i.wamid, i.kind, i.recipient, i.occurred_at,
    i.received_at, i.reply_to, i.is_probable, i.media_state, i.media_failure
FROM inbound_messages AS i
JOIN accounts AS a ON a.account_id = i.account_id
WHERE i.account_id = :account_id AND i.reply_to = :message_id
ORDER BY i.inbound_id

-- name: reports.incoming_by_id
-- Incoming messages by our ids, in these accounts.
SELECT i.account_id, a.sid, i.inbound_id, i.sender_id, i.wamid, i.kind, i.recipient, i.occurred_at,
    i.received_at, i.reply_to, i.is_probable, i.media_state, i.media_failure
FROM (VALUES
(:account_id, :inbound_id) -- each
) AS v
JOIN inbound_messages AS i ON i.account_id = v.column1 AND i.inbound_id = v.column2
JOIN accounts AS a ON a.account_id = i.account_id

-- name: reports.incoming_by_wamid
-- Incoming messages by Meta's ids, in these accounts.
SELECT i.account_id, a.sid, i.inbound_id, i.sender_id, i.wamid, i.kind, i.recipient, i.occurred_at,
    i.received_at, i.reply_to, i.is_probable, i.media_state, i.media_failure
FROM (VALUES
(:account_id, :wamid) -- each
) AS v
JOIN inbound_messages AS i ON i.account_id = v.column1 AND i.wamid = v.column2
JOIN accounts AS a ON a.account_id = i.account_id

-- name: reports.states
-- How many messages are in each state.
-- Looks at whole tables: an operator's count.
SELECT state, count(*) FROM messages GROUP BY state
