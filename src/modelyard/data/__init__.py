"""Tables: reading them, their types, their snapshots, how they are split and how two of them differ."""
