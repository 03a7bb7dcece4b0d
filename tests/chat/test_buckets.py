"""Files in a bucket: a real S3 server on loopback, and the same question at every fetch."""

import logging

import boto3
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from moto.server import ThreadedMotoServer

from chat import attachments
from config import doctor, env
from tests.chat.test_attachments import picture

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def s3():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def bucket(s3, settings, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("FILES_URL", f"s3://kept?endpoint={s3}&region=us-east-1")
    found = env.bucket()
    storage = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": found.options}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    client = boto3.client("s3", endpoint_url=s3, region_name="us-east-1")
    client.create_bucket(Bucket="kept")
    yield client
    for kept in client.list_objects_v2(Bucket="kept").get("Contents", []):
        client.delete_object(Bucket="kept", Key=kept["Key"])


def test_a_file_in_a_bucket_is_asked_for_like_any_other(bucket, conversation, now, client_of, maria, omar):
    content = picture()
    kept = attachments.upload(
        conversation, SimpleUploadedFile("mug.png", content), client_id="file-1", by_shopper=True, at=now
    )
    assert {one["Key"] for one in bucket.list_objects_v2(Bucket="kept")["Contents"]} == {
        kept.file.name,
        kept.preview.name,
    }
    url = reverse("chat:file", args=[kept.public_id])
    answer = client_of(maria).get(url)
    assert b"".join(answer.streaming_content) == content
    assert client_of(omar).get(url).status_code == 404


def test_the_doctor_says_whether_the_bucket_answers(bucket, settings):
    (finding,) = doctor.files()
    assert finding.state == doctor.WELL
    storage = settings.STORAGES["default"]
    other = {**storage, "OPTIONS": {**storage["OPTIONS"], "bucket_name": "nobody-made-it"}}
    settings.STORAGES = {**settings.STORAGES, "default": other}
    (finding,) = doctor.files()
    assert finding.state == doctor.WRONG


@pytest.mark.parametrize("url", ["s3://", "http://bucket", "s3://bucket/folder", "s3://key:secret@bucket"])
def test_an_address_that_names_no_bucket_is_refused(url, monkeypatch):
    monkeypatch.setenv("FILES_URL", url)
    with pytest.raises(ValueError, match="FILES_URL"):
        env.bucket()
