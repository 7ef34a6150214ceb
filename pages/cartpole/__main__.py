"""Open this tab alone: python -m pages.cartpole"""

from pages import cartpole
from pages.app import server

if __name__ == "__main__":
    server.run([cartpole.TAB])
