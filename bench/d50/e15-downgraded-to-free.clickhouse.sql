SELECT DISTINCT user_id AS id FROM events
WHERE name = 'plan_changed' AND timestamp >= '2026-09-02 00:00:00' AND to_plan = 'free' AND from_plan != 'free'
