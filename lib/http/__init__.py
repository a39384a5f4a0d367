"""The only outbound HTTP of the project: it reaches the public internet, and nothing else unless the operator says so.

`client.Client` sends, `targets.parse` refuses an address on sight, `errors` says what can go wrong. Whatever a URL says
and whatever its name leads to, the connection is made in `guard`, to an address that was checked there.
"""
