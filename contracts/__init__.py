"""What two parties must agree on: schemas, messages, outcomes. Pure; imports nothing of ours."""
