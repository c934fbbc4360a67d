"""Alerts as documents of the Common Alerting Protocol."""
