"""Trainings in processes of their own, and the queue that they wait in."""
