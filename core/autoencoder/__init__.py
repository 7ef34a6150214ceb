"""Autoencoders on MNIST: 784 pixels, a narrow code, and 784 pixels again."""
