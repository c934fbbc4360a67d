"""Open-Meteo air quality: the CAMS model, hourly, without a key (CC BY 4.0)."""
