"""Forecasts as they are issued and kept, ours with the AQI that follows, and the provider's own."""
