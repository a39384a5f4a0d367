SELECT id FROM users
WHERE lead_score BETWEEN 60 AND 80 AND newsletter AND hasAll(interests, ['analytics', 'data'])
