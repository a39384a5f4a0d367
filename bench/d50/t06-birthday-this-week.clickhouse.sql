SELECT id FROM users WHERE toMonth(birthday) = 11 AND toDayOfMonth(birthday) BETWEEN 1 AND 7
