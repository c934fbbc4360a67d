"""What a rule or a threshold would have done: stored readings through the real code."""
