-- name: inbound.insert
-- What recipients wrote; what is kept already changes nothing, and what is new is given.
INSERT INTO inbound_messages (account_id, inbound_id, sender_id, waba_id, wamid, kind, recipient,
    user_id, profile_name, value, occurred_at, received_at, reply_to, is_probable, ref, ref1, ref2,
    trace_id, place, media_id, media_state, media_type, media_name, media_size, media_object_key,
    media_failure)
VALUES
(:account_id, :inbound_id, :sender_id, :waba_id, :wamid, :kind, :recipient, :user_id, :profile_name, :value, :occurred_at, :received_at, :reply_to, :is_probable, :ref, :ref1, :ref2, :trace_id, :place, :media_id, :media_state, :media_type, :media_name, :media_size, :media_object_key, :media_failure) -- each
ON CONFLICT DO NOTHING
RETURNING account_id, inbound_id

-- name: inbound.of_wamids
-- Which of these messages are kept, by what stands in the place of their wamids.
SELECT account_id, wamid, sender_id
FROM inbound_messages
WHERE (account_id, wamid, sender_id) IN (VALUES
(:account_id, :wamid, :sender_id) -- each
)

-- name: inbound.load
-- What recipients wrote, by our ids.
SELECT account_id, inbound_id, sender_id, waba_id, wamid, kind, recipient, user_id, profile_name,
    value, occurred_at, received_at, reply_to, is_probable, ref, ref1, ref2, trace_id, place,
    media_id, media_state, media_type, media_name, media_size, media_object_key, media_failure
FROM inbound_messages
WHERE (account_id, inbound_id) IN (VALUES
(:account_id, :inbound_id) -- each
)

-- name: inbound.media_owners
-- Whose messages are, and what speaks to Meta for them; nothing does for a number that is gone.
SELECT i.account_id, i.inbound_id, a.sid, coalesce(s.phone_number_id, ''),
    coalesce(w.access_token, '')
FROM (VALUES
(:account_id, :inbound_id) -- each
) AS v
JOIN inbound_messages AS i ON i.account_id = v.column1 AND i.inbound_id = v.column2
JOIN accounts AS a ON a.account_id = i.account_id
LEFT JOIN senders AS s ON s.account_id = i.account_id AND s.sender_id = i.sender_id
LEFT JOIN wabas AS w ON w.account_id = s.account_id AND w.waba_id = s.waba_id

-- name: inbound.mark_media
-- What became of media that were on their way.
UPDATE inbound_messages
SET media_state = v.column3, media_type = v.column4, media_size = v.column5,
    media_object_key = v.column6, media_failure = v.column7
FROM (VALUES
(:account_id, :inbound_id, :media_state, :media_type, :media_size, :media_object_key, :media_failure) -- each
) AS v
WHERE inbound_messages.account_id = v.column1 AND inbound_messages.inbound_id = v.column2
    AND inbound_messages.media_state = 'pending'

-- name: inbound.page
-- What recipients wrote to an account, the newest first.
SELECT account_id, inbound_id, sender_id, waba_id, wamid, kind, recipient, user_id, profile_name,
    value, occurred_at, received_at, reply_to, is_probable, ref, ref1, ref2, trace_id, place,
    media_id, media_state, media_type, media_name, media_size, media_object_key, media_failure
FROM inbound_messages
WHERE account_id = :account_id AND inbound_id >= :since_id AND inbound_id < :until_id
    AND (:sender_id IS NULL OR sender_id = :sender_id) AND (:kind IS NULL OR kind = :kind)
ORDER BY inbound_id DESC LIMIT :limit

-- name: inbound.page_of_recipient
-- What one recipient wrote to an account, the newest first.
SELECT account_id, inbound_id, sender_id, waba_id, wamid, kind, recipient, user_id, profile_name,
    value, occurred_at, received_at, reply_to, is_probable, ref, ref1, ref2, trace_id, place,
    media_id, media_state, media_type, media_name, media_size, media_object_key, media_failure
FROM inbound_messages
WHERE account_id = :account_id AND recipient = :recipient AND inbound_id >= :since_id
    AND inbound_id < :until_id
    AND (:sender_id IS NULL OR sender_id = :sender_id) AND (:kind IS NULL OR kind = :kind)
ORDER BY inbound_id DESC LIMIT :limit

-- name: inbound.answered
-- Messages of ours that Meta names by its ids, with what they say.
SELECT m.account_id, m.wamid, m.message_id, m.sender_id, s.waba_id, m.recipient, b.ref, b.ref1,
    b.ref2, b.kind, b.template_name, b.template_language, b.content
FROM (VALUES
(:account_id, :wamid) -- each
) AS v
JOIN messages AS m ON m.account_id = v.column1 AND m.wamid = v.column2 AND m.wamid IS NOT NULL
JOIN submissions AS b ON b.account_id = m.account_id AND b.submission_id = m.submission_id
JOIN senders AS s ON s.account_id = m.account_id AND s.sender_id = m.sender_id

-- name: inbound.offers
-- The newest messages to recipients from senders since an id, of kinds that can offer products; a
-- hundred of each recipient, so that none takes another's places. Nobody orders from one that failed.
SELECT account_id, message_id, sender_id, waba_id, recipient, ref, ref1, ref2, kind,
    template_name, template_language, content
FROM (
    SELECT m.account_id, m.message_id, m.sender_id, s.waba_id, m.recipient, b.ref, b.ref1,
        b.ref2, b.kind, b.template_name, b.template_language, b.content,
        row_number() OVER (
            PARTITION BY m.account_id, m.recipient, m.sender_id ORDER BY m.message_id DESC
        ) AS place
    FROM (VALUES
(:account_id, :recipient, :sender_id, :message_id) -- each
) AS v
    JOIN messages AS m ON m.account_id = v.column1 AND m.recipient = v.column2
        AND m.message_id >= v.column4 AND m.sender_id = v.column3
    JOIN submissions AS b ON b.account_id = m.account_id AND b.submission_id = m.submission_id
    JOIN senders AS s ON s.account_id = m.account_id AND s.sender_id = m.sender_id
    WHERE b.kind IN ('template', 'interactive') AND m.wamid IS NOT NULL AND m.state <> 'failed'
) AS o
WHERE place <= 100
ORDER BY message_id DESC

-- name: inbound.insert_events
-- What Meta told of accounts; what is kept already changes nothing, and what is new is given.
INSERT INTO account_events (account_id, account_event_id, waba_id, sender_id, field, value,
    occurred_at, received_at, digest)
VALUES
(:account_id, :account_event_id, :waba_id, :sender_id, :field, :value, :occurred_at, :received_at, :digest) -- each
ON CONFLICT DO NOTHING
RETURNING account_id, account_event_id

-- name: inbound.events
-- What Meta told of an account, the newest first; of one field if it is named.
SELECT account_id, account_event_id, waba_id, sender_id, field, value, occurred_at, received_at,
    digest
FROM account_events
WHERE account_id = :account_id AND account_event_id < :until_id
    AND (:field IS NULL OR field = :field)
ORDER BY account_event_id DESC LIMIT :limit
