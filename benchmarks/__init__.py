"""Benchmarks: what a run costs, measured on the reader's own machine. `make bench` runs them all."""
