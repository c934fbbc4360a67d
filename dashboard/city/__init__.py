"""What the city page says of now and of the hours to come."""
