"""Queueing theory of a fleet: Erlang's formulas, priorities, the hypercube exact and approximate."""
