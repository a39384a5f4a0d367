"""From a JSON document to nodes, collecting every mistake on the way; `segments.rules.parse` is the door.

One file per group of productions. Readers get a `Reading`, the place (`path`) and the value found there; they
report to the reading and return None where they could not make a node, which the caller may simply leave out:
after a single report the tree is discarded.
"""
