"""From a stored reading to a verdict: look-ups and arithmetic in the web process, scores and events in the worker."""
