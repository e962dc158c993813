"""The corridor: jobs, leases, workers."""
