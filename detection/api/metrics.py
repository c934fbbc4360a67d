"""What this process has served, for Prometheus."""

from prometheus_client import Counter, Histogram

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)  # upper edges of the buckets

answered = Histogram("aqi_predict_seconds", "Time to answer a request for verdicts.", buckets=SECONDS)
verdicts = Counter("aqi_verdicts", "Verdicts given.", ["anomaly"])
refused = Counter("aqi_verdicts_refused", "Items that got no verdict.")
