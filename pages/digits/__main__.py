"""Open this tab alone: python -m pages.digits"""

from pages import digits
from pages.app import server

if __name__ == "__main__":
    server.run([digits.TAB])
