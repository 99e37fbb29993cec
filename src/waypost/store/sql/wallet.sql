-- name: wallet.load
-- The sums of accounts' ledgers.
SELECT account_id, currency, balance_minor, held_minor, credit_limit_minor
FROM wallets
WHERE account_id IN (VALUES
(:account_id) -- each
)

-- name: wallet.open
-- A wallet for a new account.
INSERT INTO wallets (account_id, currency, balance_minor, held_minor, credit_limit_minor)
VALUES (:account_id, :currency, 0, 0, :credit_limit_minor)

-- name: wallet.set_credit_limit
-- How far below nothing the spendable amount may go.
UPDATE wallets SET credit_limit_minor = :credit_limit_minor WHERE account_id = :account_id

-- name: wallet.append
-- Appends lines to the ledger; a line that stands already is refused.
INSERT INTO ledger_entries (account_id, reference, kind, amount_minor, reason, created_at)
VALUES
(:account_id, :reference, :kind, :amount_minor, :reason, :created_at) -- each

-- name: wallet.add
-- Adds the sum of appended lines to the wallets, once per account and batch.
UPDATE wallets
SET balance_minor = balance_minor + v.column2, held_minor = held_minor + v.column3
FROM (VALUES
(:account_id, :balance_minor, :held_minor) -- each
) AS v
WHERE wallets.account_id = v.column1

-- name: wallet.entries
-- The lines of one message.
SELECT kind, amount_minor, created_at, reason
FROM ledger_entries
WHERE account_id = :account_id AND reference = :reference
ORDER BY created_at

-- name: wallet.audit
-- Each wallet beside the sums of its ledger: they must be equal.
SELECT w.account_id, w.balance_minor, w.held_minor,
    coalesce((SELECT sum(CASE e.kind WHEN 'top_up' THEN e.amount_minor
                                     WHEN 'capture' THEN -e.amount_minor ELSE 0 END)
              FROM ledger_entries AS e WHERE e.account_id = w.account_id), 0),
    coalesce((SELECT sum(CASE e.kind WHEN 'hold' THEN e.amount_minor
                                     WHEN 'capture' THEN -e.amount_minor
                                     WHEN 'release' THEN -e.amount_minor ELSE 0 END)
              FROM ledger_entries AS e WHERE e.account_id = w.account_id), 0)
FROM wallets AS w

-- name: wallet.mismatched_messages
-- Messages whose money does not fit: paid ones without a hold, holds without a message, or
-- both a capture and a release.
SELECT m.account_id, m.message_id, 'message without its hold'
FROM messages AS m
WHERE m.payment <> 'free' AND NOT EXISTS (
    SELECT 1 FROM ledger_entries AS e
    WHERE e.account_id = m.account_id AND e.reference = m.message_id AND e.kind = 'hold')
UNION ALL
SELECT e.account_id, e.reference, 'hold without its message'
FROM ledger_entries AS e
WHERE e.kind = 'hold' AND NOT EXISTS (
    SELECT 1 FROM messages AS m
    WHERE m.account_id = e.account_id AND m.message_id = e.reference)
UNION ALL
SELECT e.account_id, e.reference, 'captured and released'
FROM ledger_entries AS e
JOIN ledger_entries AS r ON r.account_id = e.account_id AND r.reference = e.reference
WHERE e.kind = 'capture' AND r.kind = 'release'
LIMIT 100
