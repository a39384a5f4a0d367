SELECT user_id AS id FROM events
WHERE name = 'feature_used' AND timestamp >= '2026-10-04 00:00:00'
  AND user_id IN (
    SELECT user_id FROM events WHERE name = 'logged_in' AND timestamp >= '2026-10-04 00:00:00'
    GROUP BY user_id HAVING count() >= 5)
  AND user_id NOT IN (
    SELECT user_id FROM events WHERE name = 'ticket_opened' AND timestamp >= '2026-10-25 00:00:00' AND topic = 'bug')
GROUP BY user_id HAVING uniqExact(feature) >= 3 AND sum(seconds) >= 1800
SETTINGS optimize_aggregation_in_order = 1
