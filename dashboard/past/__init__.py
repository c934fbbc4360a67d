"""What pages say of the past: a year, its gaps, its patterns."""
