"""A webhook's other end, for the demo only: takes signed messages as docs/destinations/webhook.md says, and shows them.

It shares no code with the sender, as a receiver in another company would not.
"""
