WITH viewed_cart AS (
  SELECT cart.user_id AS user_id, cart.timestamp AS timestamp
  FROM (SELECT user_id, timestamp FROM events WHERE name = 'cart_updated' AND timestamp >= '2026-10-02 00:00:00') AS cart
  ASOF JOIN (SELECT user_id, timestamp FROM events WHERE name = 'product_viewed' AND timestamp >= '2026-10-02 00:00:00') AS view
    ON view.user_id = cart.user_id AND view.timestamp < cart.timestamp
  WHERE cart.timestamp <= view.timestamp + INTERVAL 1 DAY
)
SELECT DISTINCT purchase.user_id AS id
FROM (SELECT user_id, timestamp FROM events WHERE name = 'order_completed' AND timestamp >= '2026-10-02 00:00:00') AS purchase
ASOF JOIN viewed_cart ON viewed_cart.user_id = purchase.user_id AND viewed_cart.timestamp < purchase.timestamp
WHERE purchase.timestamp <= viewed_cart.timestamp + INTERVAL 3 DAY
