"""The tour: the whole loop on real data, in front of the user."""
