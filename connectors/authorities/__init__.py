"""Those that vouch: time-stamp authorities, and what certification authorities say of certificates later."""
