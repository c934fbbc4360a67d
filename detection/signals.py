"""What detection tells whoever listens."""

from django.dispatch import Signal

# Sent after anomalies of a series were opened, extended or closed: series (key).
anomalies_changed = Signal()
