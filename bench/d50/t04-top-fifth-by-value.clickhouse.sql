SELECT id FROM users
WHERE lifetime_value >= (SELECT quantileExact(0.8)(lifetime_value) FROM users)
