SELECT user_id AS id FROM events
WHERE name = 'order_completed' AND timestamp >= '2026-05-05 00:00:00'
GROUP BY user_id
HAVING max(total) >= 100
  AND (sumIf(total, timestamp >= '2026-07-04 00:00:00' AND timestamp < '2026-09-02 00:00:00') AS past) > 0
  AND (sumIf(total, timestamp >= '2026-09-02 00:00:00') - past) / past >= 0.25
