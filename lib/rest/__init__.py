"""What every part of the API shares and no model belongs to: bodies, pages, entity tags, streams."""
