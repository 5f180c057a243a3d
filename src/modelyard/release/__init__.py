"""Releases: a challenger walks up its steps under a lease, judged at each, and takes over or is taken back."""
