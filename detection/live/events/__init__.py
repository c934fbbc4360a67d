"""Anomalies: from judged readings to events that open, last and close, and to what is said of them."""
