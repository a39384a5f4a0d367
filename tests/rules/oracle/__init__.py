"""The reference: what a definition means, computed from its JSON and plain Python data, with nothing of the product.

Written from the text of the rule language, slow and literal. Where it and the SQL disagree, one of them has a bug.
"""
