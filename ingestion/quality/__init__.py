"""What we doubt about a value, and why. A separate step between parsing and AQI; docs/quality.md has every rule."""
