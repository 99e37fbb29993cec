-- name: profiles.routes
-- Which profiles the events of targets go to.
SELECT t.account_id, t.target, p.profile_id, p.events
FROM (VALUES
(:account_id, :target) -- each
) AS v
JOIN callback_attachments AS t ON t.account_id = v.column1 AND t.target = v.column2
JOIN callback_profiles AS p ON p.account_id = t.account_id AND p.profile_id = t.profile_id

-- name: profiles.load
-- Profiles by their ids.
SELECT account_id, profile_id, title, events, method, url, body, content_type, secrets, state,
    state_reason, failing_since, warned_at, probe_at, probes, created_at, changed_at
FROM callback_profiles
WHERE (account_id, profile_id) IN (VALUES
(:account_id, :profile_id) -- each
)

-- name: profiles.of_account
-- All profiles of an account.
SELECT account_id, profile_id, title, events, method, url, body, content_type, secrets, state,
    state_reason, failing_since, warned_at, probe_at, probes, created_at, changed_at
FROM callback_profiles
WHERE account_id = :account_id
ORDER BY created_at, profile_id

-- name: profiles.hold
-- A profile as it is now; nobody else changes it before this transaction is over.
UPDATE callback_profiles SET probes = probes
WHERE account_id = :account_id AND profile_id = :profile_id
RETURNING account_id, profile_id, title, events, method, url, body, content_type, secrets, state,
    state_reason, failing_since, warned_at, probe_at, probes, created_at, changed_at

-- name: profiles.save
-- A profile, new or changed.
INSERT INTO callback_profiles (account_id, profile_id, title, events, method, url, body,
    content_type, secrets, state, state_reason, failing_since, warned_at, probe_at, probes,
    created_at, changed_at)
VALUES (:account_id, :profile_id, :title, :events, :method, :url, :body, :content_type, :secrets,
    :state, :state_reason, :failing_since, :warned_at, :probe_at, :probes, :created_at,
    :changed_at)
ON CONFLICT (account_id, profile_id) DO UPDATE
SET title = excluded.title, events = excluded.events, method = excluded.method,
    url = excluded.url, body = excluded.body, content_type = excluded.content_type,
    secrets = excluded.secrets, state = excluded.state, state_reason = excluded.state_reason,
    failing_since = excluded.failing_since, warned_at = excluded.warned_at,
    probe_at = excluded.probe_at, probes = excluded.probes, changed_at = excluded.changed_at

-- name: profiles.attach
-- The events of a target go to a profile.
INSERT INTO callback_attachments (account_id, target, profile_id)
VALUES
(:account_id, :target, :profile_id) -- each
ON CONFLICT (account_id, target, profile_id) DO NOTHING

-- name: profiles.detach
-- The events of a target go to a profile no more.
DELETE FROM callback_attachments
WHERE (account_id, target, profile_id) IN (VALUES
(:account_id, :target, :profile_id) -- each
)

-- name: profiles.attachments
-- Whose events go to the profiles of an account.
SELECT account_id, target, profile_id
FROM callback_attachments
WHERE account_id = :account_id
ORDER BY target, profile_id

-- name: profiles.remove
-- A profile that is needed no more; what it was told is kept.
DELETE FROM callback_profiles WHERE account_id = :account_id AND profile_id = :profile_id

-- name: profiles.detach_all
-- No events go to a profile any more.
DELETE FROM callback_attachments WHERE account_id = :account_id AND profile_id = :profile_id
