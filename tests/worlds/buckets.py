"""An S3 service for tests, in this process on loopback; a fresh prefix per test."""

from __future__ import annotations

import itertools
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import obstore
import pytest

from gateway.store.blobs.bucket import BlobBucket, BucketAccess

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of its web framework, when imported
    from moto.server import ThreadedMotoServer

_BUCKET = "dalel-documents"
_numbers = itertools.count()


class BucketService:
    """A running service with one bucket."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def access(self, prefix: str | None = None) -> BucketAccess:
        """A prefix of its own, unless one is named."""
        prefix = prefix or f"{os.getpid()}-{next(_numbers)}"
        return BucketAccess(f"s3://{_BUCKET}/{prefix}", self.endpoint, "us-east-1", "tester", "not-a-secret")


@contextmanager
def running_bucket_service(port: int = 0) -> Iterator[BucketService]:
    """For as long as the block lasts; ``port`` 0: any."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it tells every request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    service = BucketService(f"http://{host}:{port}")
    _make_bucket(service.endpoint)
    try:
        yield service
    finally:
        server.stop()


def names_in(access: BucketAccess, folder: str) -> list[str]:
    """What lies below a folder of the prefix."""
    store = BlobBucket.at(access)._store
    return sorted(found["path"] for listed in obstore.list(store, folder) for found in listed)


def _make_bucket(endpoint: str) -> None:
    import boto3

    keys = {"aws_access_key_id": "tester", "aws_secret_access_key": "not-a-secret", "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=endpoint, **keys)
    client.create_bucket(Bucket=_BUCKET)
    client.close()


@pytest.fixture(scope="session")
def bucket_service() -> Iterator[BucketService]:
    """One service for the session, started by the first test that asks."""
    with running_bucket_service() as service:
        yield service
