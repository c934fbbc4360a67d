"""What charts are made of: scales, ticks, lines, bars and cells. Geometry only; it knows no station and no reading."""
