-- name: queue.put
-- Puts work into a queue; with a lease token it is already on lease to the one who put it.
INSERT INTO queue (account_id, queue, lane, item_id, due_at, attempt, lease_token)
VALUES
(:account_id, :queue, :lane, :item_id, :due_at, :attempt, :lease_token) -- each
ON CONFLICT (account_id, queue, item_id) DO NOTHING

-- name: queue.due_lanes
-- Lanes that have work due, found by leaping from lane to lane over the index.
WITH RECURSIVE lanes (lane) AS (
    SELECT min(lane) FROM queue WHERE queue = :queue
    UNION ALL
    SELECT (SELECT min(q.lane) FROM queue AS q WHERE q.queue = :queue AND q.lane > lanes.lane)
    FROM lanes WHERE lanes.lane IS NOT NULL
)
SELECT lane FROM lanes
WHERE lane IS NOT NULL AND EXISTS (
    SELECT 1 FROM queue AS q
    WHERE q.queue = :queue AND q.lane = lanes.lane AND q.due_at <= :now
)

-- name: queue.next_due
-- When the next work of a queue falls due; nothing if there is none.
WITH RECURSIVE lanes (lane) AS (
    SELECT min(lane) FROM queue WHERE queue = :queue
    UNION ALL
    SELECT (SELECT min(q.lane) FROM queue AS q WHERE q.queue = :queue AND q.lane > lanes.lane)
    FROM lanes WHERE lanes.lane IS NOT NULL
)
SELECT min((SELECT min(q.due_at) FROM queue AS q WHERE q.queue = :queue AND q.lane = lanes.lane))
FROM lanes WHERE lanes.lane IS NOT NULL

-- name: queue.find
-- The oldest due work of a lane, with the lease it still carries if its owner was lost.
SELECT account_id, item_id, attempt, due_at, lease_token
FROM queue
WHERE queue = :queue AND lane = :lane AND due_at <= :now
ORDER BY due_at, item_id
LIMIT :limit

-- name: queue.take
-- Takes work on lease; the attempt that follows is counted here, before it is made.
UPDATE queue
SET due_at = v.column4, attempt = v.column5, lease_token = v.column6
FROM (VALUES
(:account_id, :queue, :item_id, :due_at, :attempt, :lease_token) -- each
) AS v
WHERE queue.account_id = v.column1 AND queue.queue = v.column2 AND queue.item_id = v.column3

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

-- name: queue.orphans
-- Makes all work on lease due at once, for a gateway that starts and is the only one: whoever
-- had it is gone.
UPDATE queue SET due_at = :now WHERE lease_token IS NOT NULL

-- name: queue.backlog
-- How much waits in each queue.
SELECT queue, count(*) FROM queue GROUP BY queue
