SELECT user_id AS id FROM events
WHERE name = 'logged_in' AND timestamp >= '2026-10-02 00:00:00'
  AND user_id IN (SELECT user_id FROM events WHERE name IN ('report_created', 'invoice_created'))
GROUP BY user_id HAVING count() > 15
SETTINGS optimize_aggregation_in_order = 1
