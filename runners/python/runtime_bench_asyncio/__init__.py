"""The asyncio runners of runtime-bench, and their relatives on threads and processes."""
