"""MNIST, a classifier of its digits, and figures that compare sets of digits by its features."""

from core.mnist.data import FILES, PIXELS, SIDE, Mnist, at_hand, load, pixels

__all__ = ["FILES", "PIXELS", "SIDE", "Mnist", "at_hand", "load", "pixels"]
