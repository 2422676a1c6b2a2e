"""Studies: what is to be run, running it over processes, and the run folder."""
