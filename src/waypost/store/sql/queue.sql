-- name: queue.put
-- Puts work into a queue; with a lease token it is already on lease to the one who put it.
INSERT INTO queue (account_id, queue, lane, item_id, due_at, attempt, lease_token, priority,
    expires_at)
VALUES
(:account_id, :queue, :lane, :item_id, :due_at, :attempt, :lease_token, :priority, :expires_at) -- each
ON CONFLICT (account_id, queue, item_id) DO NOTHING

-- name: queue.lanes
-- The lanes behind a place, so many of them, found by leaping over the index from lane to lane:
-- which of the three priorities have work due, and when the next falls due of what is not.
WITH RECURSIVE lanes (account_id, lane, number) AS (
    SELECT :after_account_id, :after, 0
    UNION ALL
    SELECT
        coalesce((
            SELECT q.account_id FROM queue AS q
            WHERE q.queue = :queue AND q.account_id = lanes.account_id AND q.lane > lanes.lane
            LIMIT 1
        ), (
            SELECT min(q.account_id) FROM queue AS q
            WHERE q.queue = :queue AND q.account_id > lanes.account_id
        )),
        coalesce((
            SELECT min(q.lane) FROM queue AS q
            WHERE q.queue = :queue AND q.account_id = lanes.account_id AND q.lane > lanes.lane
        ), (
            SELECT min(q.lane) FROM queue AS q
            WHERE q.queue = :queue AND q.account_id = (
                SELECT min(q.account_id) FROM queue AS q
                WHERE q.queue = :queue AND q.account_id > lanes.account_id
            )
        )),
        lanes.number + 1
    FROM lanes WHERE lanes.account_id IS NOT NULL AND lanes.number < :limit
)
SELECT lanes.account_id, lanes.lane,
    (
        SELECT min(q.due_at) FROM queue AS q
        WHERE q.queue = :queue AND q.account_id = lanes.account_id AND q.lane = lanes.lane
            AND q.priority = 0
    ) <= :now,
    (
        SELECT min(q.due_at) FROM queue AS q
        WHERE q.queue = :queue AND q.account_id = lanes.account_id AND q.lane = lanes.lane
            AND q.priority = 1
    ) <= :now,
    (
        SELECT min(q.due_at) FROM queue AS q
        WHERE q.queue = :queue AND q.account_id = lanes.account_id AND q.lane = lanes.lane
            AND q.priority = 2
    ) <= :now,
    (
        SELECT min((
            SELECT min(q.due_at) FROM queue AS q
            WHERE q.queue = :queue AND q.account_id = lanes.account_id AND q.lane = lanes.lane
                AND q.priority = v.column1 AND q.due_at > :now
        ))
        FROM (VALUES (0), (1), (2)) AS v
    )
FROM lanes
WHERE lanes.number > 0 AND lanes.lane IS NOT NULL

-- name: queue.find
-- The oldest due work of a lane and priority, with the lease it still carries if its owner was
-- lost.
SELECT account_id, item_id, attempt, due_at, lease_token, priority, expires_at
FROM queue
WHERE queue = :queue AND account_id = :account_id AND lane = :lane AND priority = :priority
    AND due_at <= :now
ORDER BY due_at, item_id
LIMIT :limit

-- name: queue.find_shared
-- The same, of a queue whose lanes nobody owns: several processes take from one lane at once.
SELECT account_id, item_id, attempt, due_at, lease_token, priority, expires_at
FROM queue
WHERE queue = :queue AND account_id = :account_id AND lane = :lane AND priority = :priority
    AND due_at <= :now
ORDER BY due_at, item_id
LIMIT :limit

-- name: queue.take
-- Takes work on lease if it still is as it was found; the attempt that follows is counted here,
-- before it is made. What another process took meanwhile is not among the rows that are given.
UPDATE queue
SET due_at = v.column4, attempt = v.column5, lease_token = v.column6
FROM (VALUES
(:account_id, :queue, :item_id, :due_at, :attempt, :lease_token, :due_before, :lease_before) -- each
) AS v
WHERE queue.account_id = v.column1 AND queue.queue = v.column2 AND queue.item_id = v.column3
    AND queue.due_at = v.column7 AND queue.lease_token IS NOT DISTINCT FROM v.column8
RETURNING queue.account_id, queue.item_id

-- name: queue.finish
-- Work that is done leaves the queue, if the lease is still the worker's own.
DELETE FROM queue
WHERE (account_id, queue, item_id, lease_token) IN (VALUES
(:account_id, :queue, :item_id, :lease_token) -- each
)

-- name: queue.drop
-- Work that is no longer needed leaves the queue, whoever has it on lease.
DELETE FROM queue
WHERE (account_id, queue, item_id) IN (VALUES
(:account_id, :queue, :item_id) -- each
)

-- name: queue.put_back
-- Gives work back, due at a time of the worker's choice, if the lease is still its own. The token
-- stays on work whose earlier owner was lost: that is how the next one is told.
UPDATE queue
SET due_at = v.column5, attempt = v.column6,
    lease_token = CASE WHEN v.column7 THEN queue.lease_token END
FROM (VALUES
(:account_id, :queue, :item_id, :lease_token, :due_at, :attempt, :was_lost) -- each
) AS v
WHERE queue.account_id = v.column1 AND queue.queue = v.column2 AND queue.item_id = v.column3
    AND queue.lease_token = v.column4

-- name: queue.expired
-- Work of a lane that waits, belongs to nobody, and is needed no more.
SELECT account_id, item_id, attempt, due_at, lease_token, priority, expires_at
FROM queue
WHERE queue = :queue AND account_id = :account_id AND lane = :lane
    AND lease_token IS NULL AND expires_at <= :now
ORDER BY expires_at
LIMIT :limit

-- name: queue.cancel
-- Work that nobody has begun leaves the queue; what is on lease, or was when its owner was lost,
-- stays.
DELETE FROM queue
WHERE (account_id, queue, item_id) IN (VALUES
(:account_id, :queue, :item_id) -- each
) AND lease_token IS NULL
RETURNING item_id

-- name: queue.bring_forward
-- Work that waits and belongs to nobody is due at another time.
UPDATE queue SET due_at = v.column4
FROM (VALUES
(:account_id, :queue, :item_id, :due_at) -- each
) AS v
WHERE queue.account_id = v.column1 AND queue.queue = v.column2 AND queue.item_id = v.column3
    AND queue.lease_token IS NULL
RETURNING queue.item_id

-- name: queue.orphans
-- Makes all work on lease due at once, for a gateway that starts and is the only one: whoever
-- had it is gone.
-- Looks at whole tables: once, at the start.
UPDATE queue SET due_at = :now WHERE lease_token IS NOT NULL

-- name: queue.orphans_of
-- Makes the work on lease in lanes due at once: whoever owned the lanes is gone. The last value
-- bounds the part of the index that is looked at: no lease ends later.
UPDATE queue SET due_at = v.column5
FROM (VALUES
(:queue, :account_id, :lane, :priority, :due_at, :ends_before) -- each
) AS v
WHERE queue.queue = v.column1 AND queue.account_id = v.column2 AND queue.lane = v.column3
    AND queue.priority = v.column4 AND queue.due_at > v.column5 AND queue.due_at < v.column6
    AND queue.lease_token IS NOT NULL

-- name: queue.backlog
-- How much waits in each queue.
-- Looks at whole tables: counted by an index, for health and metrics.
SELECT queue, count(*) FROM queue GROUP BY queue

-- name: queue.after_setback
-- Work that nobody has begun, and that was put while the clock was ahead, is due now.
-- Looks at whole tables: when the machine's clock was set back, which is seldom.
UPDATE queue SET due_at = :now
WHERE queue = :queue AND lease_token IS NULL AND due_at > :now AND due_at <= :until

-- name: queue.messages_after_setback
-- The same of messages that were never begun, but for those asked for at a time of day.
-- Looks at whole tables: when the machine's clock was set back, which is seldom.
UPDATE queue SET due_at = :now
WHERE queue = :queue AND lease_token IS NULL AND attempt = 0 AND due_at > :now AND due_at <= :until
    AND NOT EXISTS (
        SELECT 1 FROM messages AS m
        WHERE m.account_id = queue.account_id AND m.message_id = queue.item_id
            AND m.send_at IS NOT NULL
    )
