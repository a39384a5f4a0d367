SELECT user_id AS id FROM events
WHERE name = 'session_started' AND timestamp >= '2026-10-03 04:00:00' AND timestamp < '2026-10-31 04:00:00'
  AND device = 'mobile'
GROUP BY user_id HAVING count() >= 3
