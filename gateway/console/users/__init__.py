"""Users: who may sign in and as what, one of them with what one may do about it, one's own account, links to enrol."""
