"""One module per stage of a run."""
