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
-- How far below nothing the spendable amount may go: a limit that is not passed by now, or no
-- lower one than before.
UPDATE wallets SET credit_limit_minor = :credit_limit_minor
WHERE account_id = :account_id
    AND (:credit_limit_minor >= credit_limit_minor
         OR balance_minor - held_minor + :credit_limit_minor >= 0)
RETURNING account_id, currency, balance_minor, held_minor, credit_limit_minor

-- name: wallet.append
-- Appends lines to the ledger; a line that stands already is refused.
INSERT INTO ledger_entries (account_id, reference, kind, amount_minor, reason, created_at)
VALUES
(:account_id, :reference, :kind, :amount_minor, :reason, :created_at) -- each

-- name: wallet.add
-- Adds the sum of appended lines to the wallets, once per account and batch; the wallets after it.
UPDATE wallets
SET balance_minor = balance_minor + v.column2, held_minor = held_minor + v.column3
FROM (VALUES
(:account_id, :balance_minor, :held_minor) -- each
) AS v
WHERE wallets.account_id = v.column1
RETURNING wallets.account_id, wallets.currency, wallets.balance_minor, wallets.held_minor,
    wallets.credit_limit_minor

-- name: wallet.take
-- Adds to the wallets what takes from them, where what is left is not below the limit: the
-- wallets of which it was taken, after it.
UPDATE wallets
SET balance_minor = balance_minor + v.column2, held_minor = held_minor + v.column3
FROM (VALUES
(:account_id, :balance_minor, :held_minor) -- each
) AS v
WHERE wallets.account_id = v.column1
    AND wallets.balance_minor + v.column2 - wallets.held_minor - v.column3
        + wallets.credit_limit_minor >= 0
RETURNING wallets.account_id, wallets.currency, wallets.balance_minor, wallets.held_minor,
    wallets.credit_limit_minor

-- name: wallet.entries
-- The lines of one message.
SELECT kind, amount_minor, created_at, reason
FROM ledger_entries
WHERE account_id = :account_id AND reference = :reference
ORDER BY created_at

-- name: wallet.rate_versions
-- Which accounts have a rate card, and the version of each.
-- Looks at whole tables: one row for each card.
SELECT account_id, version FROM rate_cards

-- name: wallet.rate_currency
-- In which currency a card is.
SELECT currency FROM rate_cards WHERE account_id = :account_id

-- name: wallet.rates
-- The cards of these accounts.
SELECT account_id, country, category, valid_from, price_minor
FROM rates
WHERE account_id IN (VALUES
(:account_id) -- each
)
ORDER BY account_id, country, category, valid_from

-- name: wallet.save_rates
-- Lines of cards; one of the same country, category and day takes the place of the older.
INSERT INTO rates (account_id, country, category, valid_from, price_minor)
VALUES
(:account_id, :country, :category, :valid_from, :price_minor) -- each
ON CONFLICT (account_id, country, category, valid_from) DO UPDATE
SET price_minor = excluded.price_minor

-- name: wallet.drop_rates
-- Every line of a card.
DELETE FROM rates WHERE account_id = :account_id

-- name: wallet.touch_card
-- Tells every process that a card has changed.
INSERT INTO rate_cards (account_id, currency, version, changed_at)
VALUES (:account_id, :currency, 1, :changed_at)
ON CONFLICT (account_id) DO UPDATE
SET currency = excluded.currency, version = rate_cards.version + 1,
    changed_at = excluded.changed_at

-- name: wallet.count_day
-- Counts messages of accounts on a day; the sums after it.
INSERT INTO account_days (account_id, day, accepted)
VALUES
(:account_id, :day, :accepted) -- each
ON CONFLICT (account_id, day) DO UPDATE
SET accepted = account_days.accepted + excluded.accepted
RETURNING account_id, day, accepted

-- name: wallet.day_count
-- How many messages of an account a day has counted.
SELECT accepted FROM account_days WHERE account_id = :account_id AND day = :day

-- name: wallet.statement
-- What moved between two instants, by day, template and country; messages are those of which
-- something moved. What is about no message has neither template nor country.
-- Looks at whole tables: an account's ledger is kept by message, and no index by time is worth
-- its cost at every message.
SELECT e.created_at / 86400000, coalesce(b.template_name, ''), coalesce(m.country, ''),
    coalesce(m.category, ''),
    count(DISTINCT m.message_id),
    sum(CASE WHEN e.kind = 'top_up' THEN e.amount_minor ELSE 0 END),
    sum(CASE WHEN e.kind = 'adjustment' THEN e.amount_minor ELSE 0 END),
    sum(CASE WHEN e.kind = 'hold' THEN e.amount_minor ELSE 0 END),
    sum(CASE WHEN e.kind IN ('capture', 'surcharge') THEN e.amount_minor ELSE 0 END),
    sum(CASE WHEN e.kind IN ('release', 'remainder') THEN e.amount_minor ELSE 0 END),
    sum(CASE WHEN e.kind = 'refund' THEN e.amount_minor ELSE 0 END)
FROM ledger_entries AS e
LEFT JOIN messages AS m ON m.account_id = e.account_id AND m.message_id = e.reference
LEFT JOIN submissions AS b ON b.account_id = m.account_id AND b.submission_id = m.submission_id
WHERE e.account_id = :account_id AND e.created_at >= :since AND e.created_at < :until
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4

-- name: wallet.audit
-- Each wallet that is not the sum of its ledger, or that is below its limit.
-- Looks at whole tables: whatever does not add up is to be found wherever it is.
SELECT w.account_id, w.balance_minor, w.held_minor, w.credit_limit_minor,
    coalesce(e.balance_minor, 0), coalesce(e.held_minor, 0)
FROM wallets AS w
LEFT JOIN (
    SELECT account_id,
        sum(CASE WHEN kind IN ('top_up', 'adjustment', 'refund') THEN amount_minor
                 WHEN kind IN ('capture', 'surcharge', 'carried') THEN -amount_minor
                 ELSE 0 END) AS balance_minor,
        sum(CASE WHEN kind = 'hold' THEN amount_minor
                 WHEN kind IN ('capture', 'remainder', 'release') THEN -amount_minor
                 ELSE 0 END) AS held_minor
    FROM ledger_entries GROUP BY account_id
) AS e ON e.account_id = w.account_id
WHERE w.balance_minor <> coalesce(e.balance_minor, 0)
    OR w.held_minor <> coalesce(e.held_minor, 0)
    OR w.balance_minor - w.held_minor + w.credit_limit_minor < 0
ORDER BY w.account_id

-- name: wallet.mismatched_entries
-- References whose entries do not fit each other, or not the message that they are about: read
-- from the ledger, once. A settled one may outlive its message, an open hold may not.
-- Looks at whole tables: whatever does not fit is to be found wherever it is.
SELECT e.account_id, e.reference, m.payment, e.held, e.captured, e.remainders, e.surcharges,
    e.released, e.refunded, e.holds, e.captures, e.releases, e.surcharged
FROM (
    SELECT account_id, reference,
        sum(CASE WHEN kind = 'hold' THEN amount_minor ELSE 0 END) AS held,
        sum(CASE WHEN kind = 'capture' THEN amount_minor ELSE 0 END) AS captured,
        sum(CASE WHEN kind = 'remainder' THEN amount_minor ELSE 0 END) AS remainders,
        sum(CASE WHEN kind = 'surcharge' THEN amount_minor ELSE 0 END) AS surcharges,
        sum(CASE WHEN kind = 'release' THEN amount_minor ELSE 0 END) AS released,
        sum(CASE WHEN kind = 'refund' THEN amount_minor ELSE 0 END) AS refunded,
        sum(CASE WHEN kind = 'hold' THEN 1 ELSE 0 END) AS holds,
        sum(CASE WHEN kind = 'capture' THEN 1 ELSE 0 END) AS captures,
        sum(CASE WHEN kind = 'release' THEN 1 ELSE 0 END) AS releases,
        sum(CASE WHEN kind = 'surcharge' THEN 1 ELSE 0 END) AS surcharged
    FROM ledger_entries
    WHERE kind NOT IN ('top_up', 'adjustment', 'carried')
    GROUP BY account_id, reference
) AS e
LEFT JOIN messages AS m ON m.account_id = e.account_id AND m.message_id = e.reference
WHERE (e.captures + e.releases > 1)
    OR (e.captures + e.releases > 0 AND e.held <> e.captured + e.remainders + e.released)
    OR (e.captures + e.releases = 0 AND e.remainders <> 0)
    OR (e.captures + e.releases > 0 AND e.holds = 0)
    OR (e.releases > 0 AND e.surcharged > 0)
    OR (e.holds > 0 AND e.captures = 0 AND e.surcharged > 0)
    OR (e.refunded > e.captured + e.surcharges)
    OR (m.payment IS NULL AND e.captures + e.releases + e.surcharged = 0)
    OR (m.payment IS NOT NULL AND m.payment <>
        CASE WHEN e.releases > 0 THEN 'released'
             WHEN e.captures + e.surcharged > 0 THEN 'captured'
             ELSE 'held' END)
ORDER BY e.account_id, e.reference
LIMIT 100

-- name: wallet.unpaid_messages
-- Messages that are not free, and of which the ledger has nothing.
-- Looks at whole tables: whatever does not fit is to be found wherever it is.
SELECT m.account_id, m.message_id
FROM messages AS m
LEFT JOIN ledger_entries AS e ON e.account_id = m.account_id AND e.reference = m.message_id
WHERE m.payment <> 'free' AND e.reference IS NULL
ORDER BY m.account_id, m.message_id
LIMIT 100
