SELECT id FROM users WHERE positionCaseInsensitive(job_title, 'manager') > 0
