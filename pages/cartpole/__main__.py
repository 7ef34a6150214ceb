"""Open this tab alone: python -m pages.cartpole"""

from pages import cartpole, shell

if __name__ == "__main__":
    shell.run([cartpole.TAB])
