"""The support desk: refusals and fault codes, what any number stands for, notes, incidents, frequent causes."""
