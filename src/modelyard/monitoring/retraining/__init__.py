"""The parts of a retraining: its state, its conditions, its rows, and what it says."""
