SELECT id FROM users
WHERE company_id IN (SELECT id FROM accounts WHERE industry = 'Software' AND employees BETWEEN 200 AND 5000)
