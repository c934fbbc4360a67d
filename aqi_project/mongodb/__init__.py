"""The database: its engine for Django (`base` and what it imports), embedded server, backup and connections."""
