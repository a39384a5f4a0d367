WITH reported AS (
  SELECT report.user_id AS user_id, min(report.timestamp) AS first
  FROM (SELECT user_id, timestamp FROM events WHERE name = 'report_created' AND timestamp >= '2026-08-03 00:00:00') AS report
  ASOF JOIN (
    SELECT user_id, timestamp FROM events
    WHERE name = 'logged_in' AND timestamp >= '2026-08-03 00:00:00'
      AND user_id IN (SELECT user_id FROM events WHERE name = 'invoice_created' AND timestamp >= '2026-08-03 00:00:00')
  ) AS login ON login.user_id = report.user_id AND login.timestamp < report.timestamp
  WHERE report.timestamp <= login.timestamp + INTERVAL 1 DAY
  GROUP BY user_id
)
SELECT invoice.user_id AS id
FROM (
  SELECT user_id, max(timestamp) AS latest FROM events
  WHERE name = 'invoice_created' AND timestamp >= '2026-08-03 00:00:00'
  GROUP BY user_id
) AS invoice
INNER JOIN reported ON reported.user_id = invoice.user_id
WHERE invoice.latest > reported.first
