SELECT company_id AS id FROM users
WHERE company_id IN (SELECT id FROM accounts WHERE employees BETWEEN 50 AND 5000)
  AND users.id IN (
    SELECT user_id FROM events
    WHERE name = 'page_viewed' AND timestamp >= '2026-10-25 00:00:00' AND startsWith(path, '/pricing'))
GROUP BY company_id HAVING count() >= 2
