-- name: callbacks.insert
-- Events for customers, written once; the same event again changes nothing.
INSERT INTO callbacks (account_id, event_id, message_id, status, url, body, state, created_at)
VALUES
(:account_id, :event_id, :message_id, :status, :url, :body, :state, :created_at) -- each
ON CONFLICT (account_id, event_id) DO NOTHING

-- name: callbacks.load
-- Events to deliver.
SELECT account_id, event_id, message_id, status, url, body, created_at
FROM callbacks
WHERE (account_id, event_id) IN (VALUES
(:account_id, :event_id) -- each
)

-- name: callbacks.settle
-- What a delivery came to.
UPDATE callbacks
SET state = v.column3, attempts = v.column4, last_answer = v.column5, settled_at = v.column6
FROM (VALUES
(:account_id, :event_id, :state, :attempts, :last_answer, :settled_at) -- each
) AS v
WHERE callbacks.account_id = v.column1 AND callbacks.event_id = v.column2

-- name: callbacks.of_message
-- The events of one message, oldest first.
SELECT event_id, status, url, state, attempts, last_answer, created_at, settled_at
FROM callbacks
WHERE account_id = :account_id AND message_id = :message_id
ORDER BY created_at, event_id
