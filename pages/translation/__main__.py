"""Open this tab alone: python -m pages.translation"""

from pages import translation
from pages.app import server

if __name__ == "__main__":
    server.run([translation.TAB])
