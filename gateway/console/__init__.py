"""The console for people: pages made from the read-only half of the store; acts go through ``service.operate``."""
