SELECT user_id AS id FROM events
WHERE name = 'order_completed'
  AND user_id IN (
    SELECT id FROM users WHERE lifetime_value >= (SELECT quantileExact(0.8)(lifetime_value) FROM users))
GROUP BY user_id HAVING max(timestamp) < '2026-08-03 00:00:00'
