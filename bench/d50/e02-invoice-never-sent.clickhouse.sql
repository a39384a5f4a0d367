SELECT DISTINCT user_id AS id FROM events
WHERE name = 'invoice_created' AND user_id NOT IN (SELECT user_id FROM events WHERE name = 'invoice_sent')
