"""Workloads that show what goes wrong."""
