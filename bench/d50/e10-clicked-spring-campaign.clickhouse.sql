SELECT DISTINCT user_id AS id FROM events
WHERE name = 'email_clicked' AND timestamp >= '2026-09-02 00:00:00' AND campaign = 'spring' AND link != '/unsubscribe'
