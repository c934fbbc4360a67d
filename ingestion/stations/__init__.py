"""What is said of stations: their present, whether they are there, their order, who is near, who speaks for a city."""
