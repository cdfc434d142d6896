"""The API for programs: the console's reads and acts as JSON, described by the classes that they are answered by."""
