"""The one way by which readings get into the database: joined with what is there, judged, indexed, written."""
