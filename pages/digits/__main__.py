"""Open this tab alone: python -m pages.digits"""

from pages import digits, shell

if __name__ == "__main__":
    shell.run([digits.TAB])
