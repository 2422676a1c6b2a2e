"""A scenario held against a command-and-control log: the logged period simulated again, and compared."""
