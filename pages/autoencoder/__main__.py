"""Run this tab alone: python -m pages.autoencoder"""

from pages import autoencoder, shell

if __name__ == "__main__":
    shell.run([autoencoder.TAB])
