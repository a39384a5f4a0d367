SELECT id FROM users
WHERE plan IN ('business', 'enterprise')
  AND id IN (
    SELECT user_id FROM events
    WHERE name = 'ticket_opened' AND timestamp >= '2026-10-02 00:00:00' AND severity IN ('high', 'urgent'))
