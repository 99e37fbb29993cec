-- name: endpoints.closed
-- The profiles that nothing goes to now, or a probe at most: an index of few rows.
SELECT account_id, profile_id, state, probe_at FROM callback_profiles
WHERE (state <> 'active' OR failing_since IS NOT NULL) AND state <> 'active'
ORDER BY account_id, profile_id

-- name: endpoints.fail
-- The first failures after a success; written only if that is news.
UPDATE callback_profiles SET failing_since = v.column3
FROM (VALUES
(:account_id, :profile_id, :failing_since) -- each
) AS v
WHERE callback_profiles.account_id = v.column1 AND callback_profiles.profile_id = v.column2
    AND callback_profiles.failing_since IS NULL

-- name: endpoints.recover
-- The first successes after a failure; written only if that is news. Who was suspended goes on.
UPDATE callback_profiles
SET failing_since = NULL, warned_at = NULL, probe_at = NULL, probes = 0,
    state = CASE WHEN state = 'suspended' THEN 'active' ELSE state END,
    state_reason = CASE WHEN state = 'suspended' THEN '' ELSE state_reason END
FROM (VALUES
(:account_id, :profile_id) -- each
) AS v
WHERE callback_profiles.account_id = v.column1 AND callback_profiles.profile_id = v.column2
    AND (callback_profiles.failing_since IS NOT NULL OR callback_profiles.state = 'suspended')
RETURNING callback_profiles.account_id, callback_profiles.profile_id

-- name: endpoints.warn
-- Somebody is warned of an endpoint that has failed since then, once.
UPDATE callback_profiles SET warned_at = :now
WHERE account_id = :account_id AND profile_id = :profile_id
    AND warned_at IS NULL AND failing_since <= :before
RETURNING profile_id

-- name: endpoints.suspend
-- An endpoint that has failed since then is only probed from now on.
UPDATE callback_profiles
SET state = 'suspended', state_reason = :state_reason, probe_at = :probe_at, probes = 0
WHERE account_id = :account_id AND profile_id = :profile_id AND state = 'active'
    AND failing_since <= :before
RETURNING profile_id

-- name: endpoints.disable
-- An endpoint that wants nothing more; one that the profile has left since does not matter.
UPDATE callback_profiles SET state = 'gone', state_reason = :state_reason
WHERE account_id = :account_id AND profile_id = :profile_id AND url = :url
    AND state IN ('active', 'suspended')
RETURNING profile_id

-- name: endpoints.probe
-- The right to try a suspended endpoint once; the next try is later.
UPDATE callback_profiles SET probe_at = :probe_at, probes = probes + 1
WHERE account_id = :account_id AND profile_id = :profile_id AND state = 'suspended'
    AND (probe_at IS NULL OR probe_at <= :now)
RETURNING profile_id

-- name: endpoints.attempts_since
-- How many attempts at a profile's events there were since a moment, counted up to a limit.
SELECT count(*) FROM (
    SELECT attempt_id FROM callback_attempts
    WHERE account_id = :account_id AND profile_id = :profile_id AND attempt_id >= :since
    LIMIT :limit
) AS found

-- name: endpoints.advance
-- Events of a profile that wait for a later time, or waited while it was closed, are due now, so many
-- at once: the earlier ones of every message before the later ones, by milliseconds.
UPDATE queue
SET due_at = :now + coalesce((
    SELECT c.sequence FROM callbacks AS c
    WHERE c.account_id = queue.account_id AND c.event_id = queue.item_id
), 0)
WHERE (account_id, queue, item_id) IN (
    SELECT account_id, queue, item_id FROM queue
    WHERE queue = 'callback' AND account_id = :account_id AND lane = :lane AND priority = 1
        AND (due_at < :now OR due_at > :now + 1000) AND lease_token IS NULL
    ORDER BY due_at LIMIT :limit
)
RETURNING item_id
