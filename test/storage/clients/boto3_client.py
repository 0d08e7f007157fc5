# What boto3 does for boto3.ts: python3 boto3_client.py OPERATION ARGUMENT...
import sys

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

s3 = boto3.client("s3")
# By itself it presigns with Signature Version 2, which S3 does not take for new buckets.
presigning = boto3.client("s3", config=Config(signature_version="s3v4"))
parts = TransferConfig(multipart_threshold=5 * 1024**2, multipart_chunksize=5 * 1024**2)


def upload(bucket, path, key):
    with open(path, "rb") as file:
        s3.put_object(Bucket=bucket, Key=key, Body=file)


def upload_in_parts(bucket, path, key):
    with open(path, "rb") as file:
        s3.upload_fileobj(file, bucket, key, Config=parts)


def upload_piped(bucket, key):
    s3.upload_fileobj(sys.stdin.buffer, bucket, key, Config=parts)


def remove_folder(bucket, prefix):
    boto3.resource("s3").Bucket(bucket).objects.filter(Prefix=prefix + "/").delete()


def upload_form(bucket, path, key):
    import requests

    post = presigning.generate_presigned_post(bucket, key)
    with open(path, "rb") as file:
        requests.post(post["url"], data=post["fields"], files={"file": file}).raise_for_status()


operations = {
    "make-bucket": lambda name: s3.create_bucket(Bucket=name),
    "list-buckets": lambda: print([bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]),
    "remove-bucket": lambda name: s3.delete_bucket(Bucket=name),
    "upload": upload,
    "upload-in-parts": upload_in_parts,
    "upload-piped": upload_piped,
    "download": lambda bucket, key, path: s3.download_file(bucket, key, path),
    "list": lambda bucket: print([item.key for item in boto3.resource("s3").Bucket(bucket).objects.all()]),
    "copy": lambda bucket, source, to: s3.copy_object(
        Bucket=bucket, Key=to, CopySource={"Bucket": bucket, "Key": source}
    ),
    "copy-in-parts": lambda bucket, source, to: s3.copy({"Bucket": bucket, "Key": source}, bucket, to, Config=parts),
    "remove": lambda bucket, key: s3.delete_object(Bucket=bucket, Key=key),
    "remove-folder": remove_folder,
    "tag": lambda bucket, key, name, value: s3.put_object_tagging(
        Bucket=bucket, Key=key, Tagging={"TagSet": [{"Key": name, "Value": value}]}
    ),
    "presign": lambda bucket, key: print(
        presigning.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key})
    ),
    "upload-form": upload_form,
}

if __name__ == "__main__":
    operations[sys.argv[1]](*sys.argv[2:])
