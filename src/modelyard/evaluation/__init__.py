"""Evaluation on held-out rows, and the gate that judges it."""
