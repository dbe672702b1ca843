"""The asyncio runners of runtime-bench, and the runners on threads and processes."""
