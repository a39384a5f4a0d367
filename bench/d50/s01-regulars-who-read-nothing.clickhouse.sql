SELECT id FROM users
WHERE newsletter
  AND id NOT IN (SELECT user_id FROM events WHERE name = 'email_opened' AND timestamp >= '2026-08-03 00:00:00')
  AND id IN (
    SELECT user_id FROM events WHERE name = 'order_completed' AND timestamp >= '2026-05-05 00:00:00'
    GROUP BY user_id HAVING count() >= 3)
