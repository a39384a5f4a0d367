SELECT DISTINCT user_id AS id
FROM (
  SELECT user_id, timestamp FROM events
  WHERE name = 'cart_updated' AND timestamp >= '2026-10-30 00:00:00' AND timestamp < '2026-10-31 23:00:00'
) AS cart
ASOF LEFT JOIN (
  SELECT user_id, timestamp FROM events
  WHERE name IN ('cart_updated', 'order_completed') AND timestamp >= '2026-10-30 00:00:00'
) AS following ON cart.user_id = following.user_id AND cart.timestamp < following.timestamp
WHERE following.user_id = 0 OR following.timestamp > cart.timestamp + INTERVAL 1 HOUR
