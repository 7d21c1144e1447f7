"""The wheel, built for real and installed into an environment of its own."""
