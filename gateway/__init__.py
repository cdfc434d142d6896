"""The exchange itself: intake, history, deliveries, loops, command line."""
