"""Workloads that schedule and synchronise tasks."""
