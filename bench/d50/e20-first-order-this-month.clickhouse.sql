SELECT user_id AS id FROM events
WHERE name = 'order_completed'
GROUP BY user_id HAVING min(timestamp) >= '2026-10-02 00:00:00'
