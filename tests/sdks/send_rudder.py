"""Sends one call of each kind with RudderStack's SDK: python send_rudder.py HOST KEY plain|gzip [WHO]"""

import sys

import rudderstack.analytics as analytics

HOST, KEY, PACKING, WHO = (*sys.argv[1:], "u1")[:4]
WRONG: list[object] = []

analytics.dataPlaneUrl, analytics.write_key, analytics.gzip = HOST, KEY, PACKING == "gzip"
analytics.on_error = lambda error, _messages: WRONG.append(error)
analytics.identify(WHO, {"email": "Ada@Example.org", "plan": "pro"}, anonymous_id="a1")
analytics.track(WHO, "Order Completed", {"total": 12.5, "tags": ["b", "a"]}, anonymous_id="a1")
analytics.page(WHO, None, "Pricing", {"path": "/pricing"}, anonymous_id="a1")
analytics.screen(WHO, None, "Home", anonymous_id="a1")
analytics.group(WHO, "acme", {"size": 12}, anonymous_id="a1")
analytics.alias("old" if WHO == "u1" else f"old-{WHO}", WHO)
analytics.shutdown()
if WRONG:
    sys.exit(str(WRONG))
