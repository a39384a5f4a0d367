"""The answers about segments."""
