SELECT user_id AS id FROM events
WHERE name = 'feature_used' AND timestamp >= '2026-10-02 00:00:00' AND feature IN ('export', 'api', 'dashboard')
GROUP BY user_id HAVING uniqExact(toDate(timestamp, 'Europe/Berlin')) >= 5
SETTINGS optimize_aggregation_in_order = 1
