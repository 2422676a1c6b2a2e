"""One replication: SimPy owns time, and everything else (fleet, queue, desk, casework) is ours."""
