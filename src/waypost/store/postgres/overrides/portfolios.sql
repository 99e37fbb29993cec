-- name: portfolios.waiting_items
-- Differs because CROSS JOIN takes no condition here, and no order.
-- Messages of a lane that wait for this hour because of the limit, and to whom they go.
SELECT q.item_id, m.recipient
FROM queue AS q
JOIN messages AS m ON m.account_id = q.account_id AND m.message_id = q.item_id
JOIN reached_users AS r ON r.account_id = m.account_id AND r.portfolio_id = :portfolio_id
    AND r.recipient = m.recipient AND r.is_waiting = 1 AND r.hour = :hour
WHERE q.queue = 'dispatch' AND q.account_id = :account_id AND q.lane = :lane
    AND q.priority IN (0, 1, 2) AND q.due_at >= :begins_at AND q.due_at < :ends_at
    AND q.lease_token IS NULL AND m.state = 'accepted'
ORDER BY q.priority, q.due_at, q.item_id LIMIT :limit
