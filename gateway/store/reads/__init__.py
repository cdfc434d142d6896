"""What logs, reports and alarms read, and the small tables that alarms write."""
