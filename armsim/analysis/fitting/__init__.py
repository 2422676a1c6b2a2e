"""Fitting a simulator's inputs to a log: one module a model, on arrays, with days as the blocks of chance."""
