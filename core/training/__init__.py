"""What every training shares: the loop, its events, settings, checkpoints and recipes."""
