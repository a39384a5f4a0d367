SELECT id FROM users
WHERE plan = 'trial' AND id NOT IN (SELECT user_id FROM events WHERE name = 'feature_used' AND feature = 'import')
