"""Workloads that schedule and synchronize tasks."""
