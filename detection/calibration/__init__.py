"""From scores and residuals to probabilities, bands and thresholds that hold what they promise."""
