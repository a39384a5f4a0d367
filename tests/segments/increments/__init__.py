"""Members kept up to date by signals."""
