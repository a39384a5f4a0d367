SELECT id FROM users
WHERE lifetime_value >= (SELECT quantileExact(0.8)(lifetime_value) FROM users)
  AND id IN (SELECT user_id FROM events WHERE timestamp >= '2026-10-31 00:00:00')
  AND id IN (SELECT user_id FROM events WHERE name = 'order_completed' AND timestamp >= '2026-08-03 00:00:00')
  AND NOT (coalesce(newsletter, false)
    AND id NOT IN (SELECT user_id FROM events WHERE name = 'email_opened' AND timestamp >= '2026-08-03 00:00:00')
    AND id IN (
    SELECT user_id FROM events WHERE name = 'order_completed' AND timestamp >= '2026-05-05 00:00:00'
    GROUP BY user_id HAVING count() >= 3))
