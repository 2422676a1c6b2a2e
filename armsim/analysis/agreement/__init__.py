"""How well a simulation agrees with a log of what happened: statistics on tables, no files and no engine."""
