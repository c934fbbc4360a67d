"""OpenAQ v3: ground stations of many networks, each sensor with its own cadence and unit. Needs a key."""
