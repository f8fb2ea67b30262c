"""Signed requests, one JSON object a line, signed again by Tencent's Python SDK."""

import json
import sys
from unittest import mock
from urllib.parse import parse_qsl, unquote

import requests
from qcloud_cos import CosConfig
from qcloud_cos.cos_auth import CosS3Auth


def has_repetition(pairs):
    """A name that comes twice: the SDK knows one value a name."""
    names = [name.lower() for name, _ in pairs]
    return len(set(names)) < len(names)


def authorization(row, params, headers):
    """What the SDK makes of a request, at that time."""
    config = CosConfig(Region="ap-chengdu", SecretId=row["id"], SecretKey=row["key"])
    request = requests.PreparedRequest()
    request.method, request.url = row["method"], "http://" + headers["host"] + row["path"]
    request.headers = dict(headers)
    with mock.patch("time.time", lambda: row["now"]):
        CosS3Auth(config, unquote(row["path"]), dict(params))(request)
    return request.headers["Authorization"]


equal = repeated = 0
for line in sys.stdin:
    row = json.loads(line)
    params = parse_qsl(row["query"], keep_blank_values=True)
    theirs = [(name, value) for name, value in row["headers"] if name != "authorization"]
    ours = dict(row["headers"])["authorization"]
    if has_repetition(params) or has_repetition(theirs):
        repeated += 1
        continue
    made = authorization(row, params, dict(theirs))
    assert made == ours, f"{row}\nours   {ours}\ntheirs {made}"
    equal += 1
print(f"clients: python: {equal} signatures equal; {repeated} requests have a name twice, which the SDK cannot sign")
assert equal >= int(sys.argv[1]), "too few were looked at"
