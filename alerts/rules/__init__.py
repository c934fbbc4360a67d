"""Rules as admins write them: the form and what it says of mistakes."""
