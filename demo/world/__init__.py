"""The customers of Harbourline, made from a seed: the same each time but for the day that counts as today.

Everything is seconds from the midnight (UTC) a year before today's, so "in the last 30 days" holds people whenever the
demo starts. `Company` knows its plan, seats and money on any day; `Person` when they came and how busy they are; `days`
turns both into events.
"""

SEED = 20_261
DAYS = 365
"""How far back events go. Day 0 is the first; day `DAYS` is today, of which only what is past has happened."""

COMPANIES = 1_200
PEOPLE = 20_000
DAY = 86_400
