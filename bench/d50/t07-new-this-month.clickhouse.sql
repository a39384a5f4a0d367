SELECT id FROM users WHERE signed_up_at >= '2026-10-02 00:00:00'
