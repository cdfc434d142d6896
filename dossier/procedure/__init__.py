"""АППК as pure functions over dated rules: what follows from what arrived, and by when."""
