SELECT id FROM users
WHERE (plan = 'enterprise'
    OR company_id IN (SELECT id FROM accounts WHERE industry = 'Software' AND employees BETWEEN 200 AND 5000))
  AND id IN (SELECT user_id FROM events WHERE name = 'page_viewed' AND timestamp >= '2026-10-18 00:00:00')
