"""Records as JSONL, Parquet and SQLite, and back."""
