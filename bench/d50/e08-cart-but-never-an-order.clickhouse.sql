SELECT DISTINCT user_id AS id FROM events
WHERE name = 'cart_updated' AND timestamp >= '2026-10-18 00:00:00'
  AND user_id NOT IN (SELECT user_id FROM events WHERE name = 'order_completed')
