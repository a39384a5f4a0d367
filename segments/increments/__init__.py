"""Members kept up to date by signals: who has changed, whom that reaches, what they belong to now."""
