"""The command line: `fedbytweets`. It parses, calls flows or reads the lake, and prints; nothing else."""

from fedbytweets.cli.app import main

__all__ = ["main"]
