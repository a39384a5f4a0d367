SELECT id FROM users
WHERE (plan = 'trial' AND signed_up_at < '2026-10-18 00:00:00' OR seats >= 20 AND lifetime_value IS NULL)
  AND NOT has(interests, 'finance')
