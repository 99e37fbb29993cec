"""Bytes by key: one suite for a folder and for a bucket that speaks S3."""

import asyncio
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from waypost.runtime.config import ConfigError
from waypost.runtime.objects import (
    Bucket,
    BucketObjects,
    FolderObjects,
    ObjectMissingError,
    ObjectStore,
    ObjectStoreError,
    open_objects,
)

KEY = "1/" + "ab" * 32


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """An S3 service in this process."""
    server = pytest.importorskip("moto.server", reason="moto plays the S3 side; it is missing")
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        running.stop()


@pytest.fixture(params=["folder", "bucket"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return FolderObjects(tmp_path / "media")
    bucket = bucket_at(request.getfixturevalue("endpoint"))
    make_bucket(bucket)
    return BucketObjects(bucket)


def bucket_at(endpoint: str) -> Bucket:
    return Bucket("media", endpoint, "us-east-1", "access", "secret")


def make_bucket(bucket: Bucket) -> None:
    boto3 = pytest.importorskip("boto3", reason="boto3 makes the bucket; it is missing")
    boto3.client(
        "s3",
        endpoint_url=bucket.endpoint,
        region_name=bucket.region,
        aws_access_key_id=bucket.access_key,
        aws_secret_access_key=bucket.secret_key,
    ).create_bucket(Bucket=bucket.name)


@pytest.mark.parametrize("data", [b"a picture", b"", b"\x00" * 6_000_000], ids=len)
def test_what_is_put_is_got(objects, data):
    async def body():
        await objects.put(KEY, data)
        return await objects.get(KEY)

    assert asyncio.run(body()) == data


def test_a_part_of_what_was_put_is_read(objects):
    async def body():
        await objects.put(KEY, b"0123456789")
        parts = [await objects.read(KEY, 2, 5), await objects.read(KEY, 9, 10)]
        await objects.delete(KEY)
        with pytest.raises(ObjectMissingError, match="no such bytes"):
            await objects.read(KEY, 0, 1)
        return parts

    assert asyncio.run(body()) == [b"234", b"9"]


def test_what_is_put_again_takes_the_place_of_the_first(objects):
    async def body():
        await objects.put(KEY, b"first")
        await objects.put(KEY, b"second")
        return await objects.get(KEY)

    assert asyncio.run(body()) == b"second"


def test_what_is_deleted_is_missing_and_may_be_deleted_again(objects):
    async def body():
        await objects.put(KEY, b"x")
        assert await objects.has(KEY)
        await objects.delete(KEY)
        await objects.delete(KEY)
        assert not await objects.has(KEY)
        with pytest.raises(ObjectMissingError, match="no such bytes"):
            await objects.get(KEY)

    asyncio.run(body())


def test_many_writers_of_the_same_key_leave_it_whole(objects):
    data = b"y" * 100_000

    async def body():
        await asyncio.gather(*(objects.put(KEY, data) for _ in range(8)))
        return await objects.get(KEY)

    assert asyncio.run(body()) == data


def test_a_folder_keeps_nothing_beside_the_object_itself(tmp_path):
    asyncio.run(FolderObjects(tmp_path).put(KEY, b"x"))

    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["1", KEY]


def test_a_folder_that_cannot_be_written_to_is_told_with_what_to_do(tmp_path):
    (tmp_path / "media").write_text("a file stands in the way")

    with pytest.raises(ObjectStoreError, match=r"not kept in .*media: .*Make room there"):
        asyncio.run(FolderObjects(tmp_path / "media").put(KEY, b"x"))


def test_a_disk_that_takes_no_more_is_told_and_leaves_nothing(tmp_path):
    objects = FolderObjects(tmp_path)
    asyncio.run(objects.put(KEY, b"first"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(ObjectStoreError, match=r"not kept in .*Make room there"):
            asyncio.run(objects.put(KEY, b"x" * 100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert asyncio.run(objects.get(KEY)) == b"first"
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["1", KEY]


def test_a_bucket_that_nobody_answers_for_is_told(tmp_path):
    objects = BucketObjects(bucket_at("http://127.0.0.1:9"))

    with pytest.raises(ObjectStoreError, match=r"in the bucket media: .*media_bucket"):
        asyncio.run(objects.put(KEY, b"x"))


def test_a_bucket_that_does_not_exist_is_told_without_its_keys(endpoint):
    objects = BucketObjects(Bucket("elsewhere", endpoint, "us-east-1", "access-key", "secret-key"))

    with pytest.raises(ObjectStoreError) as raised:
        asyncio.run(objects.put(KEY, b"x"))

    assert "elsewhere" in str(raised.value)
    assert "secret-key" not in str(raised.value)


def test_a_bucket_is_used_if_one_is_named_and_else_the_folder(tmp_path):
    assert isinstance(open_objects(tmp_path, Bucket("")), FolderObjects)
    assert isinstance(open_objects(tmp_path, bucket_at("http://127.0.0.1:9")), BucketObjects)


@pytest.mark.parametrize("keys", [("access", ""), ("", "secret")])
def test_one_key_without_the_other_is_refused_at_the_start(tmp_path, keys):
    with pytest.raises(ConfigError, match="media_access_key and media_secret_key"):
        open_objects(tmp_path, Bucket("media", "", "", *keys))
