SELECT user_id AS id FROM events
WHERE name = 'product_viewed' AND timestamp >= '2026-10-02 00:00:00'
GROUP BY user_id HAVING uniqExact(category) >= 4
SETTINGS optimize_aggregation_in_order = 1
