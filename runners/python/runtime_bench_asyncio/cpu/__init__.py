"""Workloads that compute."""
