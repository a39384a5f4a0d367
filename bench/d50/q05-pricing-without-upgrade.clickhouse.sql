SELECT DISTINCT user_id AS id
FROM (
  SELECT user_id, timestamp FROM events
  WHERE name = 'page_viewed' AND timestamp >= '2026-10-02 00:00:00' AND timestamp < '2026-10-25 00:00:00'
    AND startsWith(path, '/pricing')
) AS pricing
ASOF LEFT JOIN (
  SELECT user_id, timestamp FROM events
  WHERE name = 'page_viewed' AND timestamp >= '2026-10-02 00:00:00' AND startsWith(path, '/pricing')
     OR name = 'plan_changed' AND timestamp >= '2026-10-02 00:00:00'
) AS following ON pricing.user_id = following.user_id AND pricing.timestamp < following.timestamp
WHERE following.user_id = 0 OR following.timestamp > pricing.timestamp + INTERVAL 7 DAY
