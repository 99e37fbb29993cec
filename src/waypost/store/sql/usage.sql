-- name: usage.add
-- Adds to the figures of hours; each key at most once in a statement.
INSERT INTO usage_counts (account_id, hour, sender_id, template, country, category, shard,
    accepted, submitted, sent, delivered, read, failed, not_sent, spend_minor)
VALUES
(:account_id, :hour, :sender_id, :template, :country, :category, :shard, :accepted, :submitted, :sent, :delivered, :read, :failed, :not_sent, :spend_minor) -- each
ON CONFLICT (account_id, hour, sender_id, template, country, category, shard) DO UPDATE
SET accepted = usage_counts.accepted + excluded.accepted,
    submitted = usage_counts.submitted + excluded.submitted,
    sent = usage_counts.sent + excluded.sent,
    delivered = usage_counts.delivered + excluded.delivered,
    read = usage_counts.read + excluded.read,
    failed = usage_counts.failed + excluded.failed,
    not_sent = usage_counts.not_sent + excluded.not_sent,
    spend_minor = usage_counts.spend_minor + excluded.spend_minor

-- name: usage.add_failures
-- Adds to why messages failed; each key at most once in a statement.
INSERT INTO usage_failures (account_id, hour, sender_id, template, country, code, shard, failures)
VALUES
(:account_id, :hour, :sender_id, :template, :country, :code, :shard, :failures) -- each
ON CONFLICT (account_id, hour, sender_id, template, country, code, shard) DO UPDATE
SET failures = usage_failures.failures + excluded.failures

-- name: usage.totals
-- The figures of an account from an hour to before another, over all processes; what is not
-- grouped by is 0 or empty, and an empty filter lets everything through.
SELECT CASE WHEN :is_by_hour THEN hour WHEN :is_by_day THEN hour - hour % 24 ELSE 0 END,
    CASE WHEN :is_by_sender THEN sender_id ELSE '' END,
    CASE WHEN :is_by_template THEN template ELSE '' END,
    CASE WHEN :is_by_country THEN country ELSE '' END,
    CASE WHEN :is_by_category THEN category ELSE '' END,
    sum(accepted), sum(submitted), sum(sent), sum(delivered), sum(read), sum(failed),
    sum(not_sent), sum(spend_minor)
FROM usage_counts
WHERE account_id = :account_id AND hour >= :since AND hour < :until
    AND (:sender_id = '' OR sender_id = :sender_id)
    AND (:template = '' OR template = :template)
    AND (:country = '' OR country = :country)
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1, 2, 3, 4, 5

-- name: usage.failures
-- Why messages of an account failed that were accepted from an hour to before another, over all
-- processes; grouped and filtered like the figures.
SELECT CASE WHEN :is_by_hour THEN hour WHEN :is_by_day THEN hour - hour % 24 ELSE 0 END,
    CASE WHEN :is_by_sender THEN sender_id ELSE '' END,
    CASE WHEN :is_by_template THEN template ELSE '' END,
    CASE WHEN :is_by_country THEN country ELSE '' END,
    code, sum(failures)
FROM usage_failures
WHERE account_id = :account_id AND hour >= :since AND hour < :until
    AND (:sender_id = '' OR sender_id = :sender_id)
    AND (:template = '' OR template = :template)
    AND (:country = '' OR country = :country)
GROUP BY 1, 2, 3, 4, 5
HAVING sum(failures) <> 0
ORDER BY 1, 2, 3, 4, 5

-- name: usage.recount
-- What messages of an account that history still holds add up to, by state and failure; ids grow
-- with time and bound what is looked at. An empty filter lets everything through.
-- Looks at whole tables: all that an account had accepted in that time.
SELECT m.accepted_at / 3600000, m.sender_id, coalesce(b.template_name, ''), m.country, m.category,
    CASE WHEN :is_by_ref THEN coalesce(b.ref, '') ELSE '' END,
    CASE WHEN :is_by_ref1 THEN coalesce(b.ref1, '') ELSE '' END,
    CASE WHEN :is_by_ref2 THEN coalesce(b.ref2, '') ELSE '' END,
    m.state, CASE WHEN m.state IN ('failed', 'not_sent') THEN coalesce(m.failure_code, '') ELSE '' END,
    count(*),
    coalesce(sum((
        SELECT sum(CASE WHEN e.kind = 'refund' THEN -e.amount_minor ELSE e.amount_minor END)
        FROM ledger_entries AS e
        WHERE e.account_id = m.account_id AND e.reference = m.message_id
            AND e.kind IN ('capture', 'surcharge', 'refund')
    )), 0)
FROM messages AS m
JOIN submissions AS b ON b.account_id = m.account_id AND b.submission_id = m.submission_id
WHERE m.account_id = :account_id AND m.message_id >= :since_id AND m.message_id < :until_id
    AND m.accepted_at >= :since AND m.accepted_at < :until
    AND (:sender_id = '' OR m.sender_id = :sender_id)
    AND (:template = '' OR b.template_name = :template)
    AND (:country = '' OR m.country = :country)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
LIMIT :limit

-- name: usage.recount_of_refs
-- The same of messages whose request was given these words by its customer: the first that is not
-- empty finds them by its index, every other is held against them.
-- Looks at whole tables: one word may stand for a whole campaign.
SELECT m.accepted_at / 3600000, m.sender_id, coalesce(b.template_name, ''), m.country, m.category,
    CASE WHEN :is_by_ref THEN coalesce(b.ref, '') ELSE '' END,
    CASE WHEN :is_by_ref1 THEN coalesce(b.ref1, '') ELSE '' END,
    CASE WHEN :is_by_ref2 THEN coalesce(b.ref2, '') ELSE '' END,
    m.state, CASE WHEN m.state IN ('failed', 'not_sent') THEN coalesce(m.failure_code, '') ELSE '' END,
    count(*),
    coalesce(sum((
        SELECT sum(CASE WHEN e.kind = 'refund' THEN -e.amount_minor ELSE e.amount_minor END)
        FROM ledger_entries AS e
        WHERE e.account_id = m.account_id AND e.reference = m.message_id
            AND e.kind IN ('capture', 'surcharge', 'refund')
    )), 0)
FROM (
    SELECT account_id, submission_id FROM submissions
    WHERE account_id = :account_id AND ref = :ref AND :ref <> ''
        AND submission_id >= :since_id AND submission_id < :until_id
    UNION ALL
    SELECT account_id, submission_id FROM submissions
    WHERE account_id = :account_id AND ref1 = :ref1 AND :ref1 <> '' AND :ref = ''
        AND submission_id >= :since_id AND submission_id < :until_id
    UNION ALL
    SELECT account_id, submission_id FROM submissions
    WHERE account_id = :account_id AND ref2 = :ref2 AND :ref2 <> '' AND :ref1 = '' AND :ref = ''
        AND submission_id >= :since_id AND submission_id < :until_id
) AS f
JOIN submissions AS b ON b.account_id = f.account_id AND b.submission_id = f.submission_id
JOIN messages AS m ON m.account_id = b.account_id AND m.message_id >= b.submission_id
    AND m.message_id < b.submission_id || ';'
WHERE m.submission_id = b.submission_id
    AND m.accepted_at >= :since AND m.accepted_at < :until
    AND (:sender_id = '' OR m.sender_id = :sender_id)
    AND (:template = '' OR b.template_name = :template)
    AND (:country = '' OR m.country = :country)
    AND (:ref1 = '' OR b.ref1 = :ref1)
    AND (:ref2 = '' OR b.ref2 = :ref2)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
LIMIT :limit

-- name: usage.note_reach
-- From when on history is whole: what was accepted before may have been let go. Never earlier
-- than it was.
INSERT INTO places (account_id, name, value)
VALUES (:account_id, 'history', :value)
ON CONFLICT (account_id, name) DO UPDATE
SET value = CASE WHEN excluded.value > places.value THEN excluded.value ELSE places.value END

-- name: usage.reach
-- From when on history is whole; nothing if none of it was ever let go.
SELECT value FROM places WHERE account_id = :account_id AND name = 'history'
