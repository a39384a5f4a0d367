SELECT user_id AS id FROM events
WHERE name = 'search_performed' AND timestamp >= '2026-10-18 00:00:00' AND results = 0
GROUP BY user_id HAVING count() >= 2
