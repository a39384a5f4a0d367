"""The parts of the API about staff."""
