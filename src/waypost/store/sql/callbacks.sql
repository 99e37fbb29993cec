-- name: callbacks.insert
-- Events for profiles, written once; the same event again changes nothing, and what is new is given.
INSERT INTO callbacks (account_id, event_id, profile_id, kind, message_id, status, body, state,
    created_at, sequence, variables)
VALUES
(:account_id, :event_id, :profile_id, :kind, :message_id, :status, :body, :state, :created_at, :sequence, :variables) -- each
ON CONFLICT (account_id, event_id) DO NOTHING
RETURNING account_id, event_id

-- name: callbacks.load
-- Events to deliver.
SELECT account_id, event_id, profile_id, kind, message_id, status, body, created_at, variables,
    sequence, state, attempts
FROM callbacks
WHERE (account_id, event_id) IN (VALUES
(:account_id, :event_id) -- each
)

-- name: callbacks.earlier
-- Events of the same messages for the same profiles that are still to be delivered.
SELECT account_id, message_id, profile_id, event_id, sequence, attempts
FROM callbacks
WHERE state = 'pending' AND (account_id, message_id, profile_id) IN (VALUES
(:account_id, :message_id, :profile_id) -- each
)

-- name: callbacks.settle
-- What a delivery came to. Of an event that is over, only that it was taken is still news: whoever
-- lost the lease meanwhile may be the last to say what an attempt came to.
UPDATE callbacks
SET state = v.column3, attempts = v.column4, last_answer = v.column5, settled_at = v.column6
FROM (VALUES
(:account_id, :event_id, :state, :attempts, :last_answer, :settled_at) -- each
) AS v
WHERE callbacks.account_id = v.column1 AND callbacks.event_id = v.column2
    AND (callbacks.state = 'pending' OR v.column3 = 'delivered')

-- name: callbacks.insert_attempts
-- The log of attempts.
INSERT INTO callback_attempts (account_id, event_id, attempt_id, profile_id, attempt, url,
    duration_ms, status, problem, answer)
VALUES
(:account_id, :event_id, :attempt_id, :profile_id, :attempt, :url, :duration_ms, :status, :problem, :answer) -- each

-- name: callbacks.of_message
-- The events of one message, in their order.
SELECT c.event_id, c.profile_id, c.kind, c.message_id, c.status, c.state, c.attempts, c.last_answer,
    c.created_at, c.settled_at, c.sequence, p.url
FROM callbacks AS c
LEFT JOIN callback_profiles AS p ON p.account_id = c.account_id AND p.profile_id = c.profile_id
WHERE c.account_id = :account_id AND c.message_id = :message_id
ORDER BY c.created_at, c.event_id

-- name: callbacks.attempts_of
-- Every attempt at one event, in their order.
SELECT event_id, attempt_id, profile_id, attempt, url, duration_ms, status, problem, answer
FROM callback_attempts
WHERE account_id = :account_id AND event_id = :event_id
ORDER BY attempt_id
