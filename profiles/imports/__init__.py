"""Imports that programs ask for over HTTP and a worker carries out; reading and writing files is `profiles.ingest`."""
