"""Can I trust this: what forecasts were worth, and the models behind the pages."""
