"""Charts and tables for people: each states its finding, its run and what its intervals mean."""
