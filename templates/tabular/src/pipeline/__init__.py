"""What this repository adds to modelyard: features, model and metrics."""
