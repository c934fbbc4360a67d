"""From a message to what somebody receives."""
