"""Generative adversarial networks on MNIST, and in the plane."""
