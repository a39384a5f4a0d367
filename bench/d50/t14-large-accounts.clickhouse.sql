SELECT id FROM accounts
WHERE employees >= 100 AND (tier IN ('gold', 'strategic') OR revenue > 1000000) AND customer_since < '2025-01-01 00:00:00'
