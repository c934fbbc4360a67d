"""What is usual for each series, what is not, and the life of the models that say so."""
