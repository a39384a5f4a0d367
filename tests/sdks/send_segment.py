"""Sends one call of each kind with Twilio Segment's SDK: python send_segment.py HOST KEY plain|gzip"""

import sys

import segment.analytics as analytics

HOST, KEY, PACKING = sys.argv[1:]
WRONG: list[object] = []

analytics.host, analytics.write_key, analytics.gzip = HOST, KEY, PACKING == "gzip"
analytics.on_error = lambda error, _messages: WRONG.append(error)
analytics.identify("u1", {"email": "Ada@Example.org", "plan": "pro"}, anonymous_id="a1")
analytics.track("u1", "Order Completed", {"total": 12.5, "tags": ["b", "a"]}, anonymous_id="a1")
analytics.page("u1", None, "Pricing", {"path": "/pricing"}, anonymous_id="a1")
analytics.screen("u1", None, "Home", anonymous_id="a1")
analytics.group("u1", "acme", {"size": 12}, anonymous_id="a1")
analytics.alias("old", "u1")
analytics.shutdown()
if WRONG:
    sys.exit(str(WRONG))
