"""The numbers of the data map, kept up by workers: how filled, how fresh, how many, which values."""
