"""Reports: what became of appeals, by body, region, subject and month, drawn and as CSV, with the list behind each."""
