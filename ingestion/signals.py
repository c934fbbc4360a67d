"""What ingestion tells whoever listens."""

from django.dispatch import Signal

# Sent after readings were stored: station (slug), first, last (aware UTC times of the readings that changed).
readings_stored = Signal()

# Sent after all that a station had sent was put aside under another slug: old, new.
station_renamed = Signal()
