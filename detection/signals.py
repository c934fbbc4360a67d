"""What detection tells whoever listens."""

from django.dispatch import Signal

# Sent after anomalies of a station were opened, extended or closed: station (slug).
anomalies_changed = Signal()

# Sent where nothing that a series has learnt can be opened: series, why (a sentence).
unusable = Signal()
