-- name: event_log.page
-- So many events of an account, those of what is newest first.
SELECT c.event_id, c.profile_id, c.kind, c.message_id, c.status, c.state, c.attempts, c.last_answer,
    c.created_at, c.settled_at, c.sequence, p.url
FROM callbacks AS c
LEFT JOIN callback_profiles AS p ON p.account_id = c.account_id AND p.profile_id = c.profile_id
WHERE c.account_id = :account_id AND c.event_id >= :since_id AND c.event_id < :before_id
ORDER BY c.event_id DESC
LIMIT :limit

-- name: event_log.given_up
-- So many events that a profile was told in vain, the oldest first.
SELECT c.event_id, c.profile_id, c.kind, c.message_id, c.status, c.state, c.attempts, c.last_answer,
    c.created_at, c.settled_at, c.sequence, p.url
FROM callbacks AS c
LEFT JOIN callback_profiles AS p ON p.account_id = c.account_id AND p.profile_id = c.profile_id
WHERE c.account_id = :account_id AND c.profile_id = :profile_id AND c.state = 'given_up'
    AND (c.created_at, c.event_id) > (:created_at, :after)
ORDER BY c.created_at, c.event_id
LIMIT :limit

-- name: event_log.attempted
-- So many attempts at a profile between two, the oldest first.
SELECT attempt_id, event_id
FROM callback_attempts
WHERE account_id = :account_id AND profile_id = :profile_id
    AND attempt_id > :after_number AND attempt_id < :until
ORDER BY attempt_id
LIMIT :limit

-- name: event_log.restart
-- Events that were settled until an instant wait once more; what waits already is not among the
-- rows.
UPDATE callbacks SET state = 'pending', settled_at = NULL
FROM (VALUES
(:account_id, :event_id, :settled_until) -- each
) AS v
WHERE callbacks.account_id = v.column1 AND callbacks.event_id = v.column2
    AND callbacks.state <> 'pending' AND callbacks.settled_at <= v.column3
RETURNING callbacks.event_id, callbacks.profile_id
