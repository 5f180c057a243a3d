"""Moves traffic from the champion to a challenger in judged steps, and back where that fails."""
