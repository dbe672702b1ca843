"""Workloads that measure the harness itself."""
