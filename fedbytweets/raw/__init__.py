"""Raw: the answers of the X API, byte for byte as they came, and what is known about how they came."""
