"""Pages and machine addresses of alerts."""
