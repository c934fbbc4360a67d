"""Contacts and officers: signing up, signing in, their pages in the admin."""
