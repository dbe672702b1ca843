"""Starts a runner from any folder: `python run.py --flavor asyncio`."""

from runtime_bench_asyncio.__main__ import main

# Processes of a pool that are not forked import this file, too.
if __name__ == "__main__":
    main()
