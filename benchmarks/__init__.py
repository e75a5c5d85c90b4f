"""How fast, in how much memory, beside what: `make bench`, and docs/speed.md for what came of it."""
