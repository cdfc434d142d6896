"""Documents: bytes in a folder or a bucket, once by digest, and the rows about them."""
