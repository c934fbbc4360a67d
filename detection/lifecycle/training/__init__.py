"""Trainings: when, of what, in a process of their own, and what became of them."""
