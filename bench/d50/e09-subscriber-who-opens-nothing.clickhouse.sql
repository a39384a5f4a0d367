SELECT id FROM users
WHERE newsletter
  AND id NOT IN (SELECT user_id FROM events WHERE name = 'email_opened' AND timestamp >= '2026-08-03 00:00:00')
