"""The database engine: the official MongoDB backend, with unique indexes that queries can use."""
