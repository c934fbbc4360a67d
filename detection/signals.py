"""What detection tells whoever listens."""

from django.dispatch import Signal

# Sent after anomalies of a station were opened, extended or closed: station (slug).
anomalies_changed = Signal()
