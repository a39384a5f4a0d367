SELECT id FROM users
WHERE lifetime_value >= (SELECT quantileExact(0.8)(lifetime_value) FROM users)
  AND id IN (SELECT user_id FROM events WHERE timestamp >= '2026-10-31 00:00:00')
