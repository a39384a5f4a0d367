from activations.destinations.files.destination import FilesDestination

__all__ = ["DESTINATION", "FilesDestination"]

DESTINATION = FilesDestination
