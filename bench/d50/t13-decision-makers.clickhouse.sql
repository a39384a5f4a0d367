SELECT id FROM users WHERE match(job_title, '^(Head of|VP|Chief|Director of) ')
