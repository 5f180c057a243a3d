"""From a table to a repository: what is in the table, what follows from it, and the files."""
