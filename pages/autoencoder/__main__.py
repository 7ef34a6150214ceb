"""Run this tab alone: python -m pages.autoencoder"""

from pages import autoencoder
from pages.app import server

if __name__ == "__main__":
    server.run([autoencoder.TAB])
