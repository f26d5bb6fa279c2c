"""What goes wrong on request: faults of single requests, and records that are served wrongly for checks to find."""
