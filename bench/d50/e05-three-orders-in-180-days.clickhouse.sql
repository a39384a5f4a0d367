SELECT user_id AS id FROM events
WHERE name = 'order_completed' AND timestamp >= '2026-05-05 00:00:00'
GROUP BY user_id HAVING count() >= 3
