"""Harbourline, the fictional company of ``make demo``: a maker of invoicing software, its customers and its teams."""
