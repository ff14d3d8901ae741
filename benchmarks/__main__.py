"""All benchmarks, one after the other: what `make bench` runs."""

from benchmarks import ingestion, latency, runs, warehouse

if __name__ == "__main__":
    runs.main()
    for benchmark in (ingestion, warehouse, latency):
        print()
        benchmark.main()
