"""The world of these tests, which the campaigns share."""

from engine_world import backend, cloud, notes, pulumi, run

__all__ = ["backend", "cloud", "notes", "pulumi", "run"]
