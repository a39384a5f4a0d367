WITH opened_click AS (
  SELECT click.user_id AS user_id, click.timestamp AS timestamp
  FROM (SELECT user_id, timestamp FROM events WHERE name = 'email_clicked' AND timestamp >= '2026-09-02 00:00:00') AS click
  ASOF JOIN (SELECT user_id, timestamp FROM events WHERE name = 'email_opened' AND timestamp >= '2026-09-02 00:00:00') AS opened
    ON opened.user_id = click.user_id AND opened.timestamp < click.timestamp
  WHERE click.timestamp <= opened.timestamp + INTERVAL 1 HOUR
)
SELECT DISTINCT purchase.user_id AS id
FROM (SELECT user_id, timestamp FROM events WHERE name = 'order_completed' AND timestamp >= '2026-09-02 00:00:00') AS purchase
ASOF JOIN opened_click ON opened_click.user_id = purchase.user_id AND opened_click.timestamp < purchase.timestamp
WHERE purchase.timestamp <= opened_click.timestamp + INTERVAL 2 DAY
