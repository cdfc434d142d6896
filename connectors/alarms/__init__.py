"""Messages about alarms on their way out: by e-mail, by webhook."""
