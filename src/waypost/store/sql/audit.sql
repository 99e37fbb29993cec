-- name: audit.append
-- One administrative act; its id is larger than every other, whatever the clock says.
INSERT INTO audit_entries (account_id, audit_id, acted_at, actor, address, act, target, detail)
VALUES (:account_id,
    CASE WHEN :audit_id > (SELECT COALESCE(MAX(audit_id), 0) FROM audit_entries) THEN :audit_id
        ELSE (SELECT MAX(audit_id) + 1 FROM audit_entries) END,
    :acted_at, :actor, :address, :act, :target, :detail)

-- name: audit.of_account
-- The newest acts that concern an account, before one of them if it is named.
SELECT account_id, audit_id, acted_at, actor, address, act, target, detail
FROM audit_entries
WHERE account_id = :account_id AND (:before IS NULL OR audit_id < :before)
ORDER BY audit_id DESC LIMIT :limit

-- name: audit.of_all
-- The newest acts of the whole deployment, before one of them if it is named.
-- Looks at whole tables: a page of an operator's list, by an index.
SELECT account_id, audit_id, acted_at, actor, address, act, target, detail
FROM audit_entries
WHERE :before IS NULL OR audit_id < :before
ORDER BY audit_id DESC LIMIT :limit
