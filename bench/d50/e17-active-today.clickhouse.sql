SELECT DISTINCT user_id AS id FROM events WHERE timestamp >= '2026-10-31 00:00:00'
