"""Contacts and officers: signing up, signing in, what they chose."""
