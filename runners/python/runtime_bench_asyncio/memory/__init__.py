"""Workloads that read resident memory."""
