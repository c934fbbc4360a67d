"""The life of a model: trained for a reason, gated, registered, promoted, watched, replaced."""
