from activations.destinations.files.destination import FilesDestination

DESTINATION = FilesDestination
