-- name: owners.register
-- A process that begins. Account 0: processes are the deployment's.
INSERT INTO processes (account_id, process_id, roles, beats, started_at)
VALUES (0, :process_id, :roles, 1, :started_at)

-- name: owners.beat
-- A process lives; no row is given if it was taken for dead.
UPDATE processes SET beats = beats + 1
WHERE account_id = 0 AND process_id = :process_id
RETURNING beats

-- name: owners.processes
-- All processes, and how often each has beaten.
SELECT process_id, roles, beats FROM processes WHERE account_id = 0 ORDER BY process_id

-- name: owners.bury
-- A process is taken for dead, unless it has beaten since it was last seen.
DELETE FROM processes
WHERE account_id = 0 AND process_id = :process_id AND beats = :beats
RETURNING process_id

-- name: owners.leave
-- A process ends in order: its lanes are whose takes them.
DELETE FROM processes WHERE account_id = 0 AND process_id = :process_id

-- name: owners.of_lanes
-- Whose these lanes are.
SELECT account_id, lane, process_id, fence FROM lane_owners
WHERE (account_id, queue, lane) IN (VALUES
(:account_id, :queue, :lane) -- each
)

-- name: owners.left_behind
-- Lanes of a process that is gone in which it had work on lease. `until` bounds the part of the
-- index that is looked at: all leases end before.
SELECT o.account_id, o.lane FROM lane_owners AS o
WHERE o.queue = :queue AND o.process_id = :process_id AND EXISTS (
    SELECT 1 FROM (VALUES (0), (1), (2)) AS v, queue AS q
    WHERE q.queue = o.queue AND q.account_id = o.account_id AND q.lane = o.lane
        AND q.priority = v.column1 AND q.due_at > :now AND q.due_at < :until
        AND q.lease_token IS NOT NULL
)

-- name: owners.claim
-- Lanes that never had an owner get one.
INSERT INTO lane_owners (account_id, queue, lane, process_id, fence)
VALUES
(:account_id, :queue, :lane, :process_id, :fence) -- each
ON CONFLICT (account_id, queue, lane) DO NOTHING
RETURNING account_id, lane

-- name: owners.take_over
-- Lanes change their owner, if they are still whose they were when that was read.
UPDATE lane_owners SET process_id = v.column4, fence = lane_owners.fence + 1
FROM (VALUES
(:account_id, :queue, :lane, :process_id, :process_before, :fence_before) -- each
) AS v
WHERE lane_owners.account_id = v.column1 AND lane_owners.queue = v.column2
    AND lane_owners.lane = v.column3 AND lane_owners.process_id = v.column5
    AND lane_owners.fence = v.column6
RETURNING lane_owners.account_id, lane_owners.lane

-- name: owners.give_up
-- A process gives lanes up that are its own.
UPDATE lane_owners SET process_id = '', fence = lane_owners.fence + 1
FROM (VALUES
(:account_id, :queue, :lane, :process_id) -- each
) AS v
WHERE lane_owners.account_id = v.column1 AND lane_owners.queue = v.column2
    AND lane_owners.lane = v.column3 AND lane_owners.process_id = v.column4
