-- name: portfolios.learn
-- What Meta allows portfolios, as it was told last.
INSERT INTO portfolios (account_id, portfolio_id, messaging_limit, learnt_at)
VALUES
(:account_id, :portfolio_id, :messaging_limit, :learnt_at) -- each
ON CONFLICT (account_id, portfolio_id) DO UPDATE
SET messaging_limit = excluded.messaging_limit, learnt_at = excluded.learnt_at

-- name: portfolios.find
-- What is known of these portfolios.
SELECT account_id, portfolio_id, messaging_limit, learnt_at
FROM portfolios
WHERE (account_id, portfolio_id) IN (VALUES
(:account_id, :portfolio_id) -- each
)

-- name: portfolios.of_wabas
-- What is known of the portfolios of these WABAs; a WABA without one is one by itself.
SELECT w.account_id, w.waba_id, p.portfolio_id, p.messaging_limit, p.learnt_at
FROM (VALUES
(:account_id, :waba_id) -- each
) AS v
JOIN wabas AS w ON w.account_id = v.column1 AND w.waba_id = v.column2
JOIN portfolios AS p ON p.account_id = w.account_id
    AND p.portfolio_id = coalesce(nullif(w.portfolio_id, ''), w.waba_id)

-- name: portfolios.lock
-- What these portfolios are allowed; until the commit no other process counts their users.
UPDATE portfolios SET learnt_at = learnt_at
WHERE (account_id, portfolio_id) IN (VALUES
(:account_id, :portfolio_id) -- each
)
RETURNING account_id, portfolio_id, messaging_limit, learnt_at

-- name: portfolios.hours
-- How many users these portfolios wrote to in each hour, and how many wait for one.
SELECT account_id, portfolio_id, hour, users, waiting
FROM reached_hours
WHERE (account_id, portfolio_id) IN (VALUES
(:account_id, :portfolio_id) -- each
)

-- name: portfolios.add_hours
-- More users, or fewer, in hours of portfolios.
INSERT INTO reached_hours (account_id, portfolio_id, hour, users, waiting)
VALUES
(:account_id, :portfolio_id, :hour, :users, :waiting) -- each
ON CONFLICT (account_id, portfolio_id, hour) DO UPDATE
SET users = reached_hours.users + excluded.users,
    waiting = reached_hours.waiting + excluded.waiting

-- name: portfolios.forget_hours
-- Hours that count no more.
DELETE FROM reached_hours
WHERE (account_id, portfolio_id, hour) IN (VALUES
(:account_id, :portfolio_id, :hour) -- each
)

-- name: portfolios.users
-- In which hours these recipients were last written to, or are to be.
SELECT account_id, portfolio_id, recipient, hour, is_waiting
FROM reached_users
WHERE (account_id, portfolio_id, recipient) IN (VALUES
(:account_id, :portfolio_id, :recipient) -- each
)

-- name: portfolios.save_users
-- In which hours recipients were just written to, or are to be.
INSERT INTO reached_users (account_id, portfolio_id, recipient, hour, is_waiting)
VALUES
(:account_id, :portfolio_id, :recipient, :hour, :is_waiting) -- each
ON CONFLICT (account_id, portfolio_id, recipient) DO UPDATE
SET hour = excluded.hour, is_waiting = excluded.is_waiting

-- name: portfolios.forget_users
-- Some of a portfolio's users whose hours count no more; how many is told by the rows given.
DELETE FROM reached_users
WHERE account_id = :account_id AND portfolio_id = :portfolio_id AND recipient IN (
    SELECT recipient FROM reached_users
    WHERE account_id = :account_id AND portfolio_id = :portfolio_id AND hour < :before
    LIMIT :limit
)
RETURNING 1

-- name: portfolios.lanes
-- The senders of a portfolio, which are lanes of the dispatch queue.
SELECT s.sender_id
FROM wabas AS w
JOIN senders AS s ON s.account_id = w.account_id AND s.waba_id = w.waba_id
WHERE w.account_id = :account_id
    AND coalesce(nullif(w.portfolio_id, ''), w.waba_id) = :portfolio_id
ORDER BY s.sender_id

-- name: portfolios.waiting_items
-- Messages of a lane that wait for this hour because of the limit, and to whom they go. SQLite joins
-- in the order of a CROSS JOIN: else it may begin with all messages of an account.
SELECT q.item_id, m.recipient
FROM queue AS q
CROSS JOIN messages AS m
CROSS JOIN reached_users AS r
WHERE q.queue = 'dispatch' AND q.account_id = :account_id AND q.lane = :lane
    AND q.priority IN (0, 1, 2) AND q.due_at >= :begins_at AND q.due_at < :ends_at
    AND q.lease_token IS NULL
    AND m.account_id = q.account_id AND m.message_id = q.item_id AND m.state = 'accepted'
    AND r.account_id = m.account_id AND r.portfolio_id = :portfolio_id
    AND r.recipient = m.recipient AND r.is_waiting = 1 AND r.hour = :hour
ORDER BY q.priority, q.due_at, q.item_id LIMIT :limit
