-- name: recipients.opted_out
-- Which of these recipients want no marketing.
SELECT account_id, recipient
FROM opt_outs
WHERE opted_out_at >= opted_in_at AND (account_id, recipient) IN (VALUES
(:account_id, :recipient) -- each
)

-- name: recipients.save_opt_outs
-- Recipients who want no marketing; what was told later stays.
INSERT INTO opt_outs (account_id, recipient, source, detail, opted_out_at)
VALUES
(:account_id, :recipient, :source, :detail, :opted_out_at) -- each
ON CONFLICT (account_id, recipient) DO UPDATE
SET source = excluded.source, detail = excluded.detail, opted_out_at = excluded.opted_out_at
WHERE excluded.opted_out_at > opt_outs.opted_out_at

-- name: recipients.end_opt_outs
-- Recipients who want marketing again, also those whose opt-out has not come yet.
INSERT INTO opt_outs (account_id, recipient, opted_in_at)
VALUES
(:account_id, :recipient, :opted_in_at) -- each
ON CONFLICT (account_id, recipient) DO UPDATE
SET opted_in_at = excluded.opted_in_at
WHERE excluded.opted_in_at > opt_outs.opted_in_at

-- name: recipients.opt_outs
-- An account's opt-outs that are in force, by address, after one of them.
SELECT account_id, recipient, source, detail, opted_out_at
FROM opt_outs
WHERE account_id = :account_id AND recipient > :after AND opted_out_at >= opted_in_at
ORDER BY recipient LIMIT :limit

-- name: recipients.note_writing
-- When recipients wrote; the latest time stays.
INSERT INTO service_windows (account_id, sender_id, recipient, wrote_at)
VALUES
(:account_id, :sender_id, :recipient, :wrote_at) -- each
ON CONFLICT (account_id, sender_id, recipient) DO UPDATE
SET wrote_at = excluded.wrote_at
WHERE excluded.wrote_at > service_windows.wrote_at

-- name: recipients.wrote_at
-- When these recipients last wrote to these senders.
SELECT account_id, sender_id, recipient, wrote_at
FROM service_windows
WHERE (account_id, sender_id, recipient) IN (VALUES
(:account_id, :sender_id, :recipient) -- each
)

-- name: recipients.keywords
-- The words by which an account's recipients leave and come back; null for the usual ones.
SELECT opt_out_keywords, opt_in_keywords FROM accounts WHERE account_id = :account_id
