SELECT DISTINCT user_id AS id FROM events
WHERE name = 'order_completed' AND timestamp >= '2026-09-30 22:00:00' AND timestamp < '2026-10-31 23:00:00'
  AND coupon IS NOT NULL
