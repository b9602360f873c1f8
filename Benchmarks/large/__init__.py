"""Benches on much data: a database that is loaded once and kept."""
