"""What appeals count as, in which period. Each figure is defined once here. Pure."""
