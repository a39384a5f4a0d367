from activations.destinations.sandbox.destination import SandboxDestination

__all__ = ["DESTINATION", "SandboxDestination"]

DESTINATION = SandboxDestination
