"""What `make bench` measures: ratios and counts from one run, for docs/benchmarks.md."""
