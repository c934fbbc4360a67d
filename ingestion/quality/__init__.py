"""What we doubt about a value, and why: a step between parsing and AQI. docs/quality.md has every rule."""
