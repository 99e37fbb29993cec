-- name: alarms.raise
-- Alarms, each told once: one that is open already stays as it was raised.
INSERT INTO alarms (account_id, kind, subject, raised_at, detail, next_step)
VALUES
(:account_id, :kind, :subject, :raised_at, :detail, :next_step) -- each
ON CONFLICT DO NOTHING
RETURNING account_id, kind, subject

-- name: alarms.clear
-- Alarms that are over; those that were open are given.
UPDATE alarms SET cleared_at = v.column4
FROM (VALUES
(:account_id, :kind, :subject, :cleared_at) -- each
) AS v
WHERE alarms.account_id = v.column1 AND alarms.kind = v.column2 AND alarms.subject = v.column3
    AND alarms.cleared_at IS NULL
RETURNING alarms.account_id, alarms.kind, alarms.subject

-- name: alarms.open
-- What is wrong now, the newest first; of one account if it is named.
SELECT account_id, kind, subject, detail, next_step, raised_at, cleared_at
FROM alarms
WHERE cleared_at IS NULL AND (:account_id IS NULL OR account_id = :account_id)
ORDER BY raised_at DESC, kind, subject LIMIT :limit

-- name: alarms.past
-- What was wrong, the newest first; of one account if it is named.
-- Looks at whole tables: an operator's list of few.
SELECT account_id, kind, subject, detail, next_step, raised_at, cleared_at
FROM alarms
WHERE cleared_at IS NOT NULL AND (:account_id IS NULL OR account_id = :account_id)
ORDER BY raised_at DESC, kind, subject LIMIT :limit
