"""Which conditions are alarms, when they are raised, raised again and closed, and the letters about them. Pure."""
