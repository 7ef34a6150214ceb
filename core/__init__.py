"""Netlab's networks, their trainings and what can be asked of them: torch in, numpy out."""
