SELECT id FROM users
WHERE id NOT IN (SELECT user_id FROM events WHERE timestamp >= '2026-10-02 00:00:00')
