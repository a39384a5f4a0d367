SELECT user_id AS id FROM events
WHERE name = 'logged_in' AND timestamp >= '2026-09-02 00:00:00'
GROUP BY user_id
HAVING (countIf(timestamp < '2026-10-02 00:00:00') AS past) > 0 AND (count() - past - past) / past <= -0.5
SETTINGS optimize_aggregation_in_order = 1
