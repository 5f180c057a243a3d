"""What each prediction was: written by servers as Parquet files, read by monitoring."""
