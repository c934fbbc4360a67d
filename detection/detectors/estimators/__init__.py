"""What detectors fit: forecasts of a reading from those before it, from the calendar, from its companions; forests."""
