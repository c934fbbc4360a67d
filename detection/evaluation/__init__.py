"""How good is a detector: labelled events put into real series, and the counts that matter to a person."""
