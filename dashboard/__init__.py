"""The pages for people, their live feed, and metrics for Prometheus."""
