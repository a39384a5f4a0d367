"""Pretend tools, for the demo only: the emulators of the destinations, served by the registry itself.

A newcomer connects one, syncs, breaks it, reads why, mends it, and sees that only the difference is sent.
"""
