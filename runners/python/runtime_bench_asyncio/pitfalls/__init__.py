"""Common mistakes."""
