SELECT id FROM users WHERE plan = 'enterprise'
