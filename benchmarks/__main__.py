"""All benchmarks, one after the other: what `make bench` runs."""

from benchmarks import ingestion, runs

if __name__ == "__main__":
    runs.main()
    print()
    ingestion.main()
