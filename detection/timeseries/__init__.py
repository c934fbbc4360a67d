"""What all statistics stand on: a frame's columns on a regular grid, on a scale, in wall time; robust statistics."""
