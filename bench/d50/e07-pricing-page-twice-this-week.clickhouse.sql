SELECT user_id AS id FROM events
WHERE name = 'page_viewed' AND timestamp >= '2026-10-25 00:00:00' AND startsWith(path, '/pricing')
GROUP BY user_id HAVING count() >= 2
