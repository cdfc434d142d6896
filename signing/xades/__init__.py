"""XAdES signatures (EN 319 132-1) of containers and documents, written and read in one exact form.

Change the form only with new golden bytes.
"""
