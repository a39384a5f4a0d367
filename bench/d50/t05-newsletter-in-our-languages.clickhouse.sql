SELECT id FROM users WHERE newsletter AND language IN ('en', 'de', 'fr')
