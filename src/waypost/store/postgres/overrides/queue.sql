-- name: queue.lanes
-- Differs because one leap here reads one entry of the index, where the common text needs several,
-- for SQLite has no LATERAL; and because a recursion that begins with a parameter has the wrong
-- collation here.
-- The lanes behind a place, so many of them, found by leaping over the index from lane to lane:
-- which of the three priorities have work due, and when the next falls due of what is not. What
-- is due is told by the earliest of each priority: for an EXISTS, a server without statistics of a
-- table that was just filled would read all of it.
WITH RECURSIVE lanes (account_id, lane, number) AS (
    (
        SELECT q.account_id, q.lane, 1 FROM queue AS q
        WHERE q.queue = :queue AND (q.account_id, q.lane) > (:after_account_id, :after)
        ORDER BY q.account_id, q.lane LIMIT 1
    )
    UNION ALL
    SELECT following.account_id, following.lane, lanes.number + 1
    FROM lanes CROSS JOIN LATERAL (
        SELECT q.account_id, q.lane FROM queue AS q
        WHERE q.queue = :queue AND (q.account_id, q.lane) > (lanes.account_id, lanes.lane)
        ORDER BY q.account_id, q.lane LIMIT 1
    ) AS following
    WHERE lanes.number < :limit
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

-- name: queue.find_shared
-- Differs because several processes write at once here, and the common text cannot pass over what
-- another is just taking (SQLite knows no row locks): all that look at a lane at once would find
-- the same head of it, and all but one would go away with nothing.
-- The oldest due work of a lane that nobody owns.
SELECT account_id, item_id, attempt, due_at, lease_token, priority, expires_at
FROM queue
WHERE queue = :queue AND account_id = :account_id AND lane = :lane AND priority = :priority
    AND due_at <= :now
ORDER BY due_at, item_id
LIMIT :limit
FOR UPDATE SKIP LOCKED
