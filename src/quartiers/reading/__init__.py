"""Reading: from a text to what the model knows of it, and the model's arrays."""
