SELECT id FROM users WHERE country = 'US' AND lifetime_value >= 1000
