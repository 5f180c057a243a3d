"""Watches inputs, predictions, performance and the service, alerts, and asks for retraining."""
