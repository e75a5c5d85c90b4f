"""Tasks: units of work, each read, one pure step, write; with the policy of what is worth another try."""
