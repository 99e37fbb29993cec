-- name: directory.account_by_sid
-- One account.
SELECT account_id, sid, name, kind, state, price_minor, requests_per_s, directory_version,
    check_mode, opt_out_keywords, opt_in_keywords, unknown_policy, template_policy,
    capped_policy, validity_s, daily_limit
FROM accounts WHERE sid = :sid

-- name: directory.account_version
-- Has anything of the account changed since it was read?
SELECT directory_version FROM accounts WHERE account_id = :account_id

-- name: directory.accounts
-- All accounts.
-- Looks at whole tables: an operator's list.
SELECT account_id, sid, name, kind, state, price_minor, requests_per_s, directory_version,
    check_mode, opt_out_keywords, opt_in_keywords, unknown_policy, template_policy,
    capped_policy, validity_s, daily_limit
FROM accounts ORDER BY account_id

-- name: directory.insert_account
-- A new account.
INSERT INTO accounts (sid, name, kind, state, price_minor, requests_per_s, check_mode,
    unknown_policy, template_policy, capped_policy, validity_s, daily_limit, created_at)
VALUES (:sid, :name, :kind, :state, :price_minor, :requests_per_s, :check_mode, :unknown_policy,
    :template_policy, :capped_policy, :validity_s, :daily_limit, :created_at)
RETURNING account_id

-- name: directory.update_account
-- What may change of an account.
UPDATE accounts
SET name = :name, kind = :kind, state = :state, price_minor = :price_minor,
    requests_per_s = :requests_per_s, check_mode = :check_mode,
    opt_out_keywords = :opt_out_keywords, opt_in_keywords = :opt_in_keywords,
    unknown_policy = :unknown_policy, template_policy = :template_policy,
    capped_policy = :capped_policy, validity_s = :validity_s, daily_limit = :daily_limit
WHERE account_id = :account_id

-- name: directory.touch
-- Tells every process that something of the account changed.
UPDATE accounts SET directory_version = directory_version + 1 WHERE account_id = :account_id

-- name: directory.keys
-- An account's keys.
SELECT key_hash, prefix, created_at, expires_at, revoked_at, allowed_addresses, label
FROM api_keys WHERE account_id = :account_id ORDER BY created_at

-- name: directory.insert_key
-- A new key.
INSERT INTO api_keys (account_id, key_hash, prefix, allowed_addresses, created_at, expires_at,
    label)
VALUES (:account_id, :key_hash, :prefix, :allowed_addresses, :created_at, :expires_at, :label)

-- name: directory.update_key
-- When a key ends, and from where it may be used.
UPDATE api_keys
SET expires_at = :expires_at, revoked_at = :revoked_at, allowed_addresses = :allowed_addresses,
    label = :label
WHERE account_id = :account_id AND key_hash = :key_hash

-- name: directory.save_waba
-- A WABA of an account, with the token that speaks for it; it is to be read from Meta at once.
INSERT INTO wabas (account_id, waba_id, access_token, name, created_at)
VALUES (:account_id, :waba_id, :access_token, :name, :created_at)
ON CONFLICT (account_id, waba_id) DO UPDATE
SET access_token = excluded.access_token, name = excluded.name,
    sync_due_at = excluded.created_at

-- name: directory.replace_token
-- The same access token, sealed anew: nothing is to be read from Meta for that.
UPDATE wabas SET access_token = :access_token
WHERE account_id = :account_id AND waba_id = :waba_id

-- name: directory.wabas
-- The WABAs of an account.
SELECT account_id, waba_id, access_token, name, catalogue_id, synced_at, sync_failure,
    portfolio_id
FROM wabas WHERE account_id = :account_id ORDER BY waba_id

-- name: directory.all_wabas
-- The WABAs of every account, to write their tokens anew.
-- Looks at whole tables: once, at the start.
SELECT account_id, waba_id, access_token, name, catalogue_id, synced_at, sync_failure,
    portfolio_id
FROM wabas ORDER BY account_id, waba_id

-- name: directory.wabas_due
-- WABAs that are to be read from Meta, the longest due first.
SELECT account_id, waba_id, access_token, name, catalogue_id, synced_at, sync_failure,
    portfolio_id
FROM wabas WHERE sync_due_at <= :now ORDER BY sync_due_at, account_id, waba_id

-- name: directory.waba_owners
-- The accounts that a webhook about a WABA concerns.
SELECT account_id FROM wabas WHERE waba_id = :waba_id ORDER BY account_id

-- name: directory.set_sync_due
-- Meta told that something of a WABA changed: it is to be read again.
UPDATE wabas SET sync_due_at = :due_at WHERE waba_id = :waba_id

-- name: directory.record_sync
-- A WABA was read from Meta, or could not be. What Meta told while it was being read stands:
-- then it stays due.
UPDATE wabas
SET catalogue_id = :catalogue_id, synced_at = :synced_at, sync_failure = :sync_failure,
    sync_due_at = CASE WHEN sync_due_at > :began_at AND sync_due_at <= :ended_at
        THEN sync_due_at ELSE :due_at END
WHERE account_id = :account_id AND waba_id = :waba_id

-- name: directory.record_catalogue
-- A WABA's catalogue was read from Meta, or could not be.
UPDATE wabas SET catalogue_id = :catalogue_id, sync_failure = :sync_failure
WHERE account_id = :account_id AND waba_id = :waba_id

-- name: directory.senders
-- The senders of an account.
SELECT s.sender_id, s.phone_number_id, s.waba_id, w.access_token, s.throughput, s.api_version,
    s.state, s.display_name, s.held_until, s.held_code, s.held_title,
    s.held_detail, s.held_step, s.heard_at, s.is_throughput_pinned
FROM senders AS s
JOIN wabas AS w ON w.account_id = s.account_id AND w.waba_id = s.waba_id
WHERE s.account_id = :account_id
ORDER BY s.sender_id

-- name: directory.save_sender
-- A sender, new or changed.
INSERT INTO senders (account_id, sender_id, phone_number_id, waba_id, display_name, throughput,
    api_version, state, is_throughput_pinned, created_at)
VALUES (:account_id, :sender_id, :phone_number_id, :waba_id, :display_name, :throughput,
    :api_version, :state, :is_throughput_pinned, :created_at)
ON CONFLICT (account_id, sender_id) DO UPDATE
SET phone_number_id = excluded.phone_number_id, waba_id = excluded.waba_id,
    display_name = excluded.display_name, throughput = excluded.throughput,
    api_version = excluded.api_version, state = excluded.state,
    is_throughput_pinned = excluded.is_throughput_pinned

-- name: directory.set_portfolio
-- Which portfolio a WABA belongs to; what Meta allows it is to be read at once.
UPDATE wabas SET portfolio_id = :portfolio_id, sync_due_at = 0
WHERE account_id = :account_id AND waba_id = :waba_id

-- name: directory.learn_throughputs
-- What Meta allows numbers, unless the operator said otherwise; those that changed are given.
UPDATE senders SET throughput = v.column3
FROM (VALUES
(:account_id, :phone_number_id, :throughput) -- each
) AS v
WHERE senders.account_id = v.column1 AND senders.phone_number_id = v.column2
    AND senders.is_throughput_pinned = 0 AND senders.throughput <> v.column3
RETURNING senders.account_id, senders.sender_id

-- name: directory.learn_throughput_of
-- What Meta allows one sender, unless the operator said otherwise; a row if that is news.
UPDATE senders SET throughput = :throughput
WHERE account_id = :account_id AND sender_id = :sender_id AND is_throughput_pinned = 0
    AND throughput <> :throughput
RETURNING sender_id

-- name: directory.note_heard
-- When Meta's last webhook about numbers came, if that is news.
UPDATE senders SET heard_at = v.column3
FROM (VALUES
(:account_id, :phone_number_id, :heard_at, :before) -- each
) AS v
WHERE senders.account_id = v.column1 AND senders.phone_number_id = v.column2
    AND senders.heard_at < v.column4

-- name: directory.sender_owners
-- Which account a number at Meta belongs to.
SELECT account_id, sender_id FROM senders WHERE phone_number_id = :phone_number_id

-- name: directory.heard_at
-- When Meta's last webhook about a sender came.
SELECT heard_at FROM senders WHERE account_id = :account_id AND sender_id = :sender_id

-- name: directory.last_hold
-- The newest hold of a sender: until when it lasts or lasted, and how long it was.
SELECT hold_s, hold_ends_at FROM senders
WHERE account_id = :account_id AND sender_id = :sender_id

-- name: directory.hold_sender
-- Holds a sender, unless it is held already: of many refusals at once, one counts.
UPDATE senders
SET held_until = :held_until, held_code = :code, held_title = :title, held_detail = :detail,
    held_step = :step, hold_s = :hold_s, hold_ends_at = :held_until
WHERE account_id = :account_id AND sender_id = :sender_id
    AND (held_until IS NULL OR held_until <= :now)
RETURNING sender_id

-- name: directory.release_sender
-- Lets a sender go again; hold_s of 0 forgets how long it was held, so that gaps begin anew.
UPDATE senders
SET held_until = NULL, held_code = NULL, held_title = NULL, held_detail = NULL,
    held_step = NULL, hold_s = CASE WHEN :is_mended THEN 0 ELSE hold_s END
WHERE account_id = :account_id AND sender_id = :sender_id AND held_until IS NOT NULL
RETURNING sender_id

-- name: directory.held_of_waba
-- The senders of a WABA that are held.
SELECT sender_id FROM senders
WHERE account_id = :account_id AND waba_id = :waba_id AND held_until IS NOT NULL
ORDER BY sender_id

-- name: directory.closed_senders
-- The senders that nothing is to leave from now, or that are tried again after a hold.
SELECT account_id, sender_id, state, held_until FROM senders
WHERE state <> 'active' OR held_until IS NOT NULL
ORDER BY account_id, sender_id

-- name: directory.templates
-- The templates of an account.
SELECT waba_id, name, language, category, status, components, template_id, parameter_format,
    quality, rejected_reason
FROM templates WHERE account_id = :account_id ORDER BY waba_id, name, language

-- name: directory.callback_profiles
-- The ids of an account's callback profiles.
SELECT profile_id FROM callback_profiles
WHERE account_id = :account_id ORDER BY created_at, profile_id
