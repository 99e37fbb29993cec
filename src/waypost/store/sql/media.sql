-- name: media.find
-- Media by the ids that customers name.
SELECT account_id, media_id, sender_id, kind, mime_type, size_bytes, file_name, digest,
    object_key, meta_id, meta_expires_at, created_at, last_used_at
FROM media
WHERE (account_id, media_id) IN (VALUES
(:account_id, :media_id) -- each
)

-- name: media.by_digest
-- What a sender has uploaded with exactly these bytes.
SELECT account_id, media_id, sender_id, kind, mime_type, size_bytes, file_name, digest,
    object_key, meta_id, meta_expires_at, created_at, last_used_at
FROM media
WHERE account_id = :account_id AND digest = :digest AND sender_id = :sender_id
ORDER BY created_at

-- name: media.save
-- Media, new or uploaded again; what the customer knows of one never changes.
INSERT INTO media (account_id, media_id, sender_id, kind, mime_type, size_bytes, file_name,
    digest, object_key, meta_id, meta_expires_at, created_at, last_used_at)
VALUES
(:account_id, :media_id, :sender_id, :kind, :mime_type, :size_bytes, :file_name, :digest, :object_key, :meta_id, :meta_expires_at, :created_at, :last_used_at) -- each
ON CONFLICT (account_id, media_id) DO UPDATE
SET meta_id = excluded.meta_id, meta_expires_at = excluded.meta_expires_at,
    last_used_at = CASE WHEN excluded.last_used_at > media.last_used_at
        THEN excluded.last_used_at ELSE media.last_used_at END

-- name: media.expiring
-- Media with bytes of ours that Meta is about to forget, the nearest first, and that are in use.
SELECT account_id, media_id, sender_id, kind, mime_type, size_bytes, file_name, digest,
    object_key, meta_id, meta_expires_at, created_at, last_used_at
FROM media
WHERE object_key IS NOT NULL AND meta_expires_at <= :before AND last_used_at >= :used_since
    AND (meta_expires_at, account_id, media_id)
        > (:after_expires_at, :after_account_id, :after_media_id)
ORDER BY meta_expires_at, account_id, media_id LIMIT :limit

-- name: media.mark_used
-- When media were last named in a send.
UPDATE media
SET last_used_at = v.column3
FROM (VALUES
(:account_id, :media_id, :used_at) -- each
) AS v
WHERE media.account_id = v.column1 AND media.media_id = v.column2
    AND media.last_used_at < v.column3

-- name: media.of_account
-- A page of an account's media, the newest first.
SELECT account_id, media_id, sender_id, kind, mime_type, size_bytes, file_name, digest,
    object_key, meta_id, meta_expires_at, created_at, last_used_at
FROM media
WHERE account_id = :account_id
ORDER BY created_at DESC, media_id LIMIT :limit OFFSET :offset

-- name: media.lapsed
-- Media that Meta forgot before this, the oldest first.
SELECT account_id, media_id, sender_id, kind, mime_type, size_bytes, file_name, digest,
    object_key, meta_id, meta_expires_at, created_at, last_used_at
FROM media
WHERE meta_expires_at < :before
ORDER BY meta_expires_at LIMIT :limit

-- name: media.remove
-- A medium that is no longer to be had.
DELETE FROM media WHERE account_id = :account_id AND media_id = :media_id

-- name: media.needs_object
-- Whether anything of an account still needs these bytes.
SELECT EXISTS (
    SELECT 1 FROM media WHERE account_id = :account_id AND digest = :digest
        AND object_key = :object_key
) OR EXISTS (
    SELECT 1 FROM resumable_media WHERE account_id = :account_id AND object_key = :object_key
) OR EXISTS (
    SELECT 1 FROM inbound_messages
    WHERE account_id = :account_id AND media_object_key = :object_key
)

-- name: media.save_resumable
-- Samples, new or further than they were.
INSERT INTO resumable_media (account_id, resumable_media_id, waba_id, file_name, mime_type,
    size_bytes, state, handle, object_key, failure, created_at, expires_at)
VALUES
(:account_id, :resumable_media_id, :waba_id, :file_name, :mime_type, :size_bytes, :state, :handle, :object_key, :failure, :created_at, :expires_at) -- each
ON CONFLICT (account_id, resumable_media_id) DO UPDATE
SET state = excluded.state, handle = excluded.handle, failure = excluded.failure,
    expires_at = excluded.expires_at

-- name: media.resumable
-- A page of a WABA's samples, the newest first.
SELECT account_id, resumable_media_id, waba_id, file_name, mime_type, size_bytes, state, handle,
    object_key, failure, created_at, expires_at
FROM resumable_media
WHERE account_id = :account_id AND waba_id = :waba_id
ORDER BY created_at DESC, resumable_media_id LIMIT :limit OFFSET :offset

-- name: media.find_resumable
-- Samples by their ids.
SELECT account_id, resumable_media_id, waba_id, file_name, mime_type, size_bytes, state, handle,
    object_key, failure, created_at, expires_at
FROM resumable_media
WHERE (account_id, resumable_media_id) IN (VALUES
(:account_id, :resumable_media_id) -- each
)

-- name: media.resumable_since
-- When a WABA's samples of late were sent in, the oldest first: their number is limited.
SELECT created_at
FROM resumable_media
WHERE account_id = :account_id AND waba_id = :waba_id AND created_at > :since
ORDER BY created_at

-- name: media.lapsed_resumable
-- Samples that are older than they are kept, the oldest first.
SELECT account_id, resumable_media_id, waba_id, file_name, mime_type, size_bytes, state, handle,
    object_key, failure, created_at, expires_at
FROM resumable_media
WHERE created_at < :before
ORDER BY created_at LIMIT :limit

-- name: media.fail_pending
-- Samples whose upload was cut off, by the end of the gateway, and of which nobody else will tell.
UPDATE resumable_media
SET state = 'FAILED', failure = :failure
WHERE state = 'PENDING' AND created_at < :before
RETURNING account_id, resumable_media_id, waba_id, file_name, mime_type, size_bytes, state, handle,
    object_key, failure, created_at, expires_at

-- name: media.remove_resumable
-- A sample that is no longer kept.
DELETE FROM resumable_media
WHERE account_id = :account_id AND resumable_media_id = :resumable_media_id
