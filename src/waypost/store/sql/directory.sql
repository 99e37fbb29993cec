-- name: directory.account_by_sid
-- One account.
SELECT account_id, sid, name, kind, state, price_minor, requests_per_s, directory_version
FROM accounts WHERE sid = :sid

-- name: directory.account_version
-- Has anything of the account changed since it was read?
SELECT directory_version FROM accounts WHERE account_id = :account_id

-- name: directory.accounts
-- All accounts.
SELECT account_id, sid, name, kind, state, price_minor, requests_per_s, directory_version
FROM accounts ORDER BY account_id

-- name: directory.insert_account
-- A new account.
INSERT INTO accounts (sid, name, kind, state, price_minor, requests_per_s, created_at)
VALUES (:sid, :name, :kind, :state, :price_minor, :requests_per_s, :created_at)
RETURNING account_id

-- name: directory.set_account_state
-- Suspends an account or lets it go on.
UPDATE accounts SET state = :state WHERE account_id = :account_id

-- name: directory.touch
-- Tells every process that something of the account changed.
UPDATE accounts SET directory_version = directory_version + 1 WHERE account_id = :account_id

-- name: directory.keys
-- An account's keys.
SELECT key_hash, prefix, created_at, expires_at, revoked_at, allowed_addresses
FROM api_keys WHERE account_id = :account_id ORDER BY created_at

-- name: directory.insert_key
-- A new key.
INSERT INTO api_keys (account_id, key_hash, prefix, allowed_addresses, created_at, expires_at)
VALUES (:account_id, :key_hash, :prefix, :allowed_addresses, :created_at, :expires_at)

-- name: directory.revoke_keys
-- Keys with this prefix are refused from now on.
UPDATE api_keys SET revoked_at = :revoked_at
WHERE account_id = :account_id AND prefix = :prefix AND revoked_at IS NULL
RETURNING prefix

-- name: directory.save_waba
-- A WABA of an account, with the token that speaks for it.
INSERT INTO wabas (account_id, waba_id, access_token, created_at)
VALUES (:account_id, :waba_id, :access_token, :created_at)
ON CONFLICT (account_id, waba_id) DO UPDATE SET access_token = excluded.access_token

-- name: directory.wabas
-- The WABAs of an account.
SELECT waba_id, access_token FROM wabas WHERE account_id = :account_id ORDER BY waba_id

-- name: directory.senders
-- The senders of an account.
SELECT s.sender_id, s.phone_number_id, s.waba_id, w.access_token, s.throughput, s.api_version,
    s.state, s.callback_url, s.display_name
FROM senders AS s
JOIN wabas AS w ON w.account_id = s.account_id AND w.waba_id = s.waba_id
WHERE s.account_id = :account_id
ORDER BY s.sender_id

-- name: directory.save_sender
-- A sender, new or changed.
INSERT INTO senders (account_id, sender_id, phone_number_id, waba_id, display_name, throughput,
    api_version, state, callback_url, created_at)
VALUES (:account_id, :sender_id, :phone_number_id, :waba_id, :display_name, :throughput,
    :api_version, :state, :callback_url, :created_at)
ON CONFLICT (account_id, sender_id) DO UPDATE
SET phone_number_id = excluded.phone_number_id, waba_id = excluded.waba_id,
    display_name = excluded.display_name, throughput = excluded.throughput,
    api_version = excluded.api_version, state = excluded.state,
    callback_url = excluded.callback_url

-- name: directory.sender_owners
-- Which account a number at Meta belongs to.
SELECT account_id, sender_id FROM senders WHERE phone_number_id = :phone_number_id

-- name: directory.templates
-- The templates of an account.
SELECT waba_id, name, language, category, status, components
FROM templates WHERE account_id = :account_id ORDER BY name, language

-- name: directory.save_templates
-- Templates as Meta gives them.
INSERT INTO templates (account_id, waba_id, name, language, category, status, components,
    synced_at)
VALUES
(:account_id, :waba_id, :name, :language, :category, :status, :components, :synced_at) -- each
ON CONFLICT (account_id, waba_id, name, language) DO UPDATE
SET category = excluded.category, status = excluded.status, components = excluded.components,
    synced_at = excluded.synced_at

-- name: directory.drop_stale_templates
-- Templates that Meta no longer names.
DELETE FROM templates
WHERE account_id = :account_id AND waba_id = :waba_id AND synced_at < :before
