"""Background work that survives: the broker, its leases, the guard of its processes, claims with an end."""
