"""The API as a whole: its routes, the document that describes them, and that document as a page."""
