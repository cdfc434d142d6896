"""What lists, reports and alarms read, and the small tables they write."""
