"""OpenWeather air pollution: a worldwide hourly model field of eight species. Needs a key."""
