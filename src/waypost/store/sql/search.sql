-- name: search.ids_of_account
-- Messages of an account: of the next so many, the newest first, those that are as asked.
SELECT m.message_id
FROM (
    SELECT message_id
    FROM messages
    WHERE account_id = :account_id
        AND message_id < :before_id AND message_id >= :from_id
    ORDER BY message_id DESC LIMIT :limit
) AS v
JOIN messages AS m ON m.account_id = :account_id AND m.message_id = v.message_id
JOIN submissions AS b ON b.account_id = m.account_id AND b.submission_id = m.submission_id
WHERE (:sender_id IS NULL OR m.sender_id = :sender_id)
    AND (:state IS NULL OR :state LIKE '%,' || m.state || ',%')
    AND (:template_name IS NULL OR b.template_name = :template_name)
    AND (:failure_code IS NULL OR m.failure_code = :failure_code)
    AND (:ref IS NULL OR b.ref = :ref) AND (:ref1 IS NULL OR b.ref1 = :ref1)
    AND (:ref2 IS NULL OR b.ref2 = :ref2)
ORDER BY m.message_id DESC

-- name: search.end_of_account
-- How far so many of them reach, whatever else is asked of them.
SELECT message_id
FROM messages
WHERE account_id = :account_id
    AND message_id < :before_id AND message_id >= :from_id
ORDER BY message_id DESC LIMIT 1 OFFSET :offset

-- name: search.ids_by_recipient
-- Messages to one recipient: of the next so many, the newest first, those that are as asked.
SELECT m.message_id
FROM (
    SELECT message_id
    FROM messages
    WHERE account_id = :account_id AND recipient = :recipient
        AND message_id < :before_id AND message_id >= :from_id
    ORDER BY message_id DESC LIMIT :limit
) AS v
JOIN messages AS m ON m.account_id = :account_id AND m.message_id = v.message_id
JOIN submissions AS b ON b.account_id = m.account_id AND b.submission_id = m.submission_id
WHERE (:sender_id IS NULL OR m.sender_id = :sender_id)
    AND (:state IS NULL OR :state LIKE '%,' || m.state || ',%')
    AND (:template_name IS NULL OR b.template_name = :template_name)
    AND (:failure_code IS NULL OR m.failure_code = :failure_code)
    AND (:ref IS NULL OR b.ref = :ref) AND (:ref1 IS NULL OR b.ref1 = :ref1)
    AND (:ref2 IS NULL OR b.ref2 = :ref2)
ORDER BY m.message_id DESC

-- name: search.end_by_recipient
-- How far so many of them reach, whatever else is asked of them.
SELECT message_id
FROM messages
WHERE account_id = :account_id AND recipient = :recipient
    AND message_id < :before_id AND message_id >= :from_id
ORDER BY message_id DESC LIMIT 1 OFFSET :offset

-- name: search.ids_by_failure
-- Messages with one code of failure: of the next so many, the newest first, those that are as asked.
SELECT m.message_id
FROM (
    SELECT message_id
    FROM messages
    WHERE account_id = :account_id AND failure_code = :failure_code AND failure_code IS NOT NULL
        AND message_id < :before_id AND message_id >= :from_id
    ORDER BY message_id DESC LIMIT :limit
) AS v
JOIN messages AS m ON m.account_id = :account_id AND m.message_id = v.message_id
JOIN submissions AS b ON b.account_id = m.account_id AND b.submission_id = m.submission_id
WHERE (:sender_id IS NULL OR m.sender_id = :sender_id)
    AND (:state IS NULL OR :state LIKE '%,' || m.state || ',%')
    AND (:template_name IS NULL OR b.template_name = :template_name)
    AND (:failure_code IS NULL OR m.failure_code = :failure_code)
    AND (:ref IS NULL OR b.ref = :ref) AND (:ref1 IS NULL OR b.ref1 = :ref1)
    AND (:ref2 IS NULL OR b.ref2 = :ref2)
ORDER BY m.message_id DESC

-- name: search.end_by_failure
-- How far so many of them reach, whatever else is asked of them.
SELECT message_id
FROM messages
WHERE account_id = :account_id AND failure_code = :failure_code AND failure_code IS NOT NULL
    AND message_id < :before_id AND message_id >= :from_id
ORDER BY message_id DESC LIMIT 1 OFFSET :offset

-- name: search.ids_by_ref
-- Messages of the next so many requests with one ref, the newest first, that are as asked. The id
-- of a message begins with its request's, and behind it has a colon if there are several.
SELECT m.message_id
FROM (
    SELECT submission_id
    FROM submissions
    WHERE account_id = :account_id AND ref = :ref AND ref IS NOT NULL
        AND submission_id < :before_id AND submission_id >= :from_id
    ORDER BY submission_id DESC LIMIT :limit
) AS v
CROSS JOIN submissions AS b
CROSS JOIN messages AS m
WHERE b.account_id = :account_id AND b.submission_id = v.submission_id
    AND m.account_id = :account_id AND m.message_id >= v.submission_id
    AND m.message_id < v.submission_id || ';'
    AND (:sender_id IS NULL OR m.sender_id = :sender_id)
    AND (:state IS NULL OR :state LIKE '%,' || m.state || ',%')
    AND (:template_name IS NULL OR b.template_name = :template_name)
    AND (:failure_code IS NULL OR m.failure_code = :failure_code)
    AND (:ref IS NULL OR b.ref = :ref) AND (:ref1 IS NULL OR b.ref1 = :ref1)
    AND (:ref2 IS NULL OR b.ref2 = :ref2)
ORDER BY m.message_id DESC

-- name: search.end_by_ref
-- How far so many of these requests reach.
SELECT submission_id
FROM submissions
WHERE account_id = :account_id AND ref = :ref AND ref IS NOT NULL
    AND submission_id < :before_id AND submission_id >= :from_id
ORDER BY submission_id DESC LIMIT 1 OFFSET :offset

-- name: search.ids_by_ref1
-- Messages of the next so many requests with one ref1, the newest first, that are as asked. The id
-- of a message begins with its request's, and behind it has a colon if there are several.
SELECT m.message_id
FROM (
    SELECT submission_id
    FROM submissions
    WHERE account_id = :account_id AND ref1 = :ref1 AND ref1 IS NOT NULL
        AND submission_id < :before_id AND submission_id >= :from_id
    ORDER BY submission_id DESC LIMIT :limit
) AS v
CROSS JOIN submissions AS b
CROSS JOIN messages AS m
WHERE b.account_id = :account_id AND b.submission_id = v.submission_id
    AND m.account_id = :account_id AND m.message_id >= v.submission_id
    AND m.message_id < v.submission_id || ';'
    AND (:sender_id IS NULL OR m.sender_id = :sender_id)
    AND (:state IS NULL OR :state LIKE '%,' || m.state || ',%')
    AND (:template_name IS NULL OR b.template_name = :template_name)
    AND (:failure_code IS NULL OR m.failure_code = :failure_code)
    AND (:ref IS NULL OR b.ref = :ref) AND (:ref1 IS NULL OR b.ref1 = :ref1)
    AND (:ref2 IS NULL OR b.ref2 = :ref2)
ORDER BY m.message_id DESC

-- name: search.end_by_ref1
-- How far so many of these requests reach.
SELECT submission_id
FROM submissions
WHERE account_id = :account_id AND ref1 = :ref1 AND ref1 IS NOT NULL
    AND submission_id < :before_id AND submission_id >= :from_id
ORDER BY submission_id DESC LIMIT 1 OFFSET :offset

-- name: search.ids_by_ref2
-- Messages of the next so many requests with one ref2, the newest first, that are as asked. The id
-- of a message begins with its request's, and behind it has a colon if there are several.
SELECT m.message_id
FROM (
    SELECT submission_id
    FROM submissions
    WHERE account_id = :account_id AND ref2 = :ref2 AND ref2 IS NOT NULL
        AND submission_id < :before_id AND submission_id >= :from_id
    ORDER BY submission_id DESC LIMIT :limit
) AS v
CROSS JOIN submissions AS b
CROSS JOIN messages AS m
WHERE b.account_id = :account_id AND b.submission_id = v.submission_id
    AND m.account_id = :account_id AND m.message_id >= v.submission_id
    AND m.message_id < v.submission_id || ';'
    AND (:sender_id IS NULL OR m.sender_id = :sender_id)
    AND (:state IS NULL OR :state LIKE '%,' || m.state || ',%')
    AND (:template_name IS NULL OR b.template_name = :template_name)
    AND (:failure_code IS NULL OR m.failure_code = :failure_code)
    AND (:ref IS NULL OR b.ref = :ref) AND (:ref1 IS NULL OR b.ref1 = :ref1)
    AND (:ref2 IS NULL OR b.ref2 = :ref2)
ORDER BY m.message_id DESC

-- name: search.end_by_ref2
-- How far so many of these requests reach.
SELECT submission_id
FROM submissions
WHERE account_id = :account_id AND ref2 = :ref2 AND ref2 IS NOT NULL
    AND submission_id < :before_id AND submission_id >= :from_id
ORDER BY submission_id DESC LIMIT 1 OFFSET :offset

-- name: search.messages
-- Messages with all that is told of them; the price of one that was charged is what it cost.
SELECT m.message_id, m.submission_id, m.sender_id, coalesce(s.waba_id, ''), m.recipient, m.state,
    m.payment, CASE WHEN m.payment = 'captured' THEN coalesce((
        SELECT sum(CASE WHEN e.kind = 'refund' THEN -e.amount_minor ELSE e.amount_minor END)
        FROM ledger_entries AS e
        WHERE e.account_id = m.account_id AND e.reference = m.message_id
            AND e.kind IN ('capture', 'surcharge', 'refund')
    ), m.price_minor) ELSE m.price_minor END, m.wamid, m.failure_code, m.failure_title, m.failure_detail,
    m.failure_step, m.accepted_at, m.changed_at, m.country, m.category, b.kind, b.template_name,
    b.template_language, b.content, b.ref, b.ref1, b.ref2, b.source, b.trace_id,
    m.send_at, m.expires_at, m.priority
FROM (VALUES
(:account_id, :message_id) -- each
) AS v
JOIN messages AS m ON m.account_id = v.column1 AND m.message_id = v.column2
JOIN submissions AS b ON b.account_id = m.account_id AND b.submission_id = m.submission_id
LEFT JOIN senders AS s ON s.account_id = m.account_id AND s.sender_id = m.sender_id

-- name: search.stations
-- What was learned of messages, in the order in which it was.
SELECT f.message_id, f.fact, f.occurred_at
FROM (VALUES
(:account_id, :message_id) -- each
) AS v
JOIN facts AS f ON f.account_id = v.column1 AND f.message_id = v.column2
ORDER BY f.message_id, f.fact_id

-- name: search.inbound
-- What recipients wrote to an account between two ids, the newest first.
SELECT inbound_id, sender_id, waba_id, wamid, kind, recipient, value, occurred_at, received_at,
    reply_to, ref, ref1, ref2, trace_id
FROM inbound_messages
WHERE account_id = :account_id AND inbound_id < :before_id AND inbound_id >= :from_id
ORDER BY inbound_id DESC LIMIT :limit

-- name: search.inbound_by_recipient
-- What one recipient wrote, the newest first.
SELECT m.inbound_id, m.sender_id, m.waba_id, m.wamid, m.kind, m.recipient, m.value, m.occurred_at,
    m.received_at, m.reply_to, m.ref, m.ref1, m.ref2, m.trace_id
FROM (
    SELECT inbound_id
    FROM inbound_messages
    WHERE account_id = :account_id AND recipient = :recipient
        AND inbound_id < :before_id AND inbound_id >= :from_id
    ORDER BY inbound_id DESC LIMIT :limit
) AS v
JOIN inbound_messages AS m ON m.account_id = :account_id AND m.inbound_id = v.inbound_id
ORDER BY m.inbound_id DESC

-- name: search.replies
-- What was written in answer to a message, the oldest first.
SELECT inbound_id
FROM inbound_messages
WHERE account_id = :account_id AND reply_to = :message_id AND reply_to IS NOT NULL
ORDER BY inbound_id LIMIT :limit
