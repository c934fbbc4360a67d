"""From values to the shapes that templates draw. Geometry only."""
