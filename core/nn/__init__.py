"""Parts that several networks share: attention, positions, averages, schedules, seeds."""
