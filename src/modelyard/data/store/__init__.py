"""Where an environment keeps its objects: a folder or an S3 prefix behind one class."""

from modelyard.data.store.store import Store

__all__ = ["Store"]
