"""What an anomaly is, how bad it is, and what else says so. Plain Python on numpy; no Django."""
