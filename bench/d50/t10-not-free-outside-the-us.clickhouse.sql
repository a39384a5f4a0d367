SELECT id FROM users
WHERE (plan != 'free' OR plan IS NULL) AND (country != 'US' OR country IS NULL)
