"""Opens what a query answers: `sqlite:` and `postgresql:` URIs, read once into a typed temporary file."""

from modelyard.data.load.database.open import is_database, open_database, read_query, shown

__all__ = ["is_database", "open_database", "read_query", "shown"]
