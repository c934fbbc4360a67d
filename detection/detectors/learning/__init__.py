"""What the learned detector is taught by: copies with labelled events, forecasters, and the features it weighs."""
