-- name: webhooks.keep
-- Keeps what Meta told, as it came.
INSERT INTO webhooks (account_id, webhook_id, body, received_at)
VALUES
(:account_id, :webhook_id, :body, :received_at) -- each

-- name: webhooks.load
-- Kept webhooks by their ids.
SELECT webhook_id, body
FROM webhooks
WHERE (account_id, webhook_id) IN (VALUES
(:account_id, :webhook_id) -- each
)

-- name: webhooks.mark
-- Webhooks that were understood, and what they came to.
UPDATE webhooks
SET processed_at = v.column3, outcome = v.column4
FROM (VALUES
(:account_id, :webhook_id, :processed_at, :outcome) -- each
) AS v
WHERE webhooks.account_id = v.column1 AND webhooks.webhook_id = v.column2
