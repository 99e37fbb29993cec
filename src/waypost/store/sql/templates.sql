-- name: templates.of_waba
-- What is known of a WABA's templates, to tell what changed.
SELECT name, language, category, status, components, template_id, parameter_format, quality,
    rejected_reason
FROM templates WHERE account_id = :account_id AND waba_id = :waba_id ORDER BY name, language

-- name: templates.find
-- One template, to tell what Meta's word changes of it.
SELECT name, language, category, status, components, template_id, parameter_format, quality,
    rejected_reason
FROM templates
WHERE account_id = :account_id AND waba_id = :waba_id AND name = :name AND language = :language

-- name: templates.of_name
-- One template in all its languages and as of when each is known, to tell what changed of it.
SELECT synced_at, name, language, category, status, components, template_id, parameter_format,
    quality, rejected_reason
FROM templates
WHERE account_id = :account_id AND waba_id = :waba_id AND name = :name ORDER BY language

-- name: templates.saved_after
-- What was learned while all templates were being read: the reading knows less of these.
SELECT name, language FROM templates
WHERE account_id = :account_id AND waba_id = :waba_id AND synced_at > :instant

-- name: templates.save
-- Templates as Meta gives them.
INSERT INTO templates (account_id, waba_id, name, language, category, status, components,
    template_id, parameter_format, quality, rejected_reason, synced_at)
VALUES
(:account_id, :waba_id, :name, :language, :category, :status, :components, :template_id, :parameter_format, :quality, :rejected_reason, :synced_at) -- each
ON CONFLICT (account_id, waba_id, name, language) DO UPDATE
SET category = excluded.category, status = excluded.status, components = excluded.components,
    template_id = excluded.template_id, parameter_format = excluded.parameter_format,
    quality = excluded.quality, rejected_reason = excluded.rejected_reason,
    synced_at = excluded.synced_at

-- name: templates.drop
-- A template that Meta no longer names.
DELETE FROM templates
WHERE account_id = :account_id AND waba_id = :waba_id AND name = :name AND language = :language

-- name: templates.insert_changes
-- What changed, for those who look for drift.
INSERT INTO template_changes (account_id, waba_id, change_id, name, language, what, before, after,
    reason, source, changed_at)
VALUES
(:account_id, :waba_id, :change_id, :name, :language, :what, :before, :after, :reason, :source, :changed_at) -- each

-- name: templates.changes
-- The newest changes of a WABA's templates, before one of them if it is named.
SELECT account_id, waba_id, change_id, name, language, what, before, after, reason, source,
    changed_at
FROM template_changes
WHERE account_id = :account_id AND waba_id = :waba_id
    AND (:before IS NULL OR change_id < :before)
ORDER BY change_id DESC LIMIT :limit
