"""Open this tab alone: python -m pages.translation"""

from pages import shell, translation

if __name__ == "__main__":
    shell.run([translation.TAB])
