"""What happens at Harbourline now: about one event a second, sent through the tracking API like by anybody's program.

``python -m demo.live URL`` runs until it is stopped. Who is who comes from `demo.world`, what companies are by now from
the registry, so that a restart goes on where it was.
"""
