"""Workloads that wait for time, sockets and files."""
