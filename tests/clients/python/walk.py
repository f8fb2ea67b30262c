"""The signer of Tencent's Python SDK, through requests, through all six calls."""

import base64
import hashlib
import os
import time
import uuid
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape

import requests
from qcloud_cos import CosConfig
from qcloud_cos.cos_auth import CosS3Auth

ENDPOINT = os.environ["COSBATCH_ENDPOINT"]
APPID = {"x-cos-appid": "1250000000"}
SESSION = requests.Session()


def config(secret_id="AKIDWALK", secret_key="walk-secret", token=None):
    return CosConfig(Region="ap-chengdu", SecretId=secret_id, SecretKey=secret_key, Token=token)


def ask(method, path, params=None, body=None, config=config()):
    """Sends a request as the SDK's own methods do; the status and the document."""
    params = params or {}
    headers = dict(APPID)
    if body is not None:
        digest = base64.b64encode(hashlib.md5(body).digest()).decode()
        headers.update({"Content-Type": "application/xml", "Content-MD5": digest})
    if config._token:
        headers["x-cos-security-token"] = config._token
    auth = CosS3Auth(config, path, params)
    reply = SESSION.request(
        method, ENDPOINT + path, params=params, data=body, headers=headers, auth=auth, timeout=30
    )
    assert reply.headers["x-cos-request-id"], "every answer has a request id"
    document = ElementTree.fromstring(reply.content) if reply.content else None
    return reply.status_code, document


def create(token, confirm):
    bucket = "qcs::cos:ap-chengdu:uid/1250000000:src-1250000000"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<CreateJobRequest>
  <ClientRequestToken>{token}</ClientRequestToken>
  <ConfirmationRequired>{confirm}</ConfirmationRequired>
  <Description>{escape("Räumung & <Löschung> 取消")}</Description>
  <Manifest>
    <Location>
      <ETag>"15150651828fa9cdcb8356b6d1c7638b"</ETag>
      <ObjectArn>{bucket}/list.csv</ObjectArn>
    </Location>
    <Spec>
      <Fields><member>Bucket</member><member>Key</member></Fields>
      <Format>COSBatchOperations_CSV_V1</Format>
    </Spec>
  </Manifest>
  <Operation><COSDeleteObject></COSDeleteObject></Operation>
  <Priority>10</Priority>
  <Report>
    <Bucket>{bucket}</Bucket><Enabled>false</Enabled>
    <Format>Report_CSV_V1</Format><ReportScope>AllTasks</ReportScope>
  </Report>
  <RoleArn>qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole</RoleArn>
</CreateJobRequest>""".encode()


def refused(answer, status, code):
    got, document = answer
    assert (got, document.tag) == (status, "Error"), (got, document.tag)
    assert document.findtext("Code") == code, document.findtext("Code")


def until(job, status):
    """Waits for a status; a minute of the service's clock passes in an instant."""
    for _ in range(300):
        got, document = ask("GET", f"/jobs/{job}")
        assert got == 200, got
        if document.findtext("Job/Status") == status:
            return document
        time.sleep(0.05)
    raise AssertionError(f"{document.findtext('Job/Status')} for ever, not {status}")


def main():
    # All jobs, page by page.
    got, whole = ask("GET", "/jobs")
    assert got == 200
    everybody = [job.text for job in whole.iter("JobId")]
    assert len(everybody) >= 40, len(everybody)
    paged, token = [], None
    while True:
        params = {"maxResults": "7", **({"nextToken": token} if token else {})}
        got, page = ask("GET", "/jobs", params)
        assert got == 200
        paged += [job.text for job in page.iter("JobId")]
        token = page.findtext("NextToken")
        if not token:
            break
    assert paged == everybody, "pages make the whole"
    got, page = ask("GET", "/jobs", {"jobStatuses": "Active,Failed"})
    assert {status.text for status in page.iter("Status")} == {"Active", "Failed"}
    refused(ask("GET", "/jobs", {"maxResults": "0"}), 400, "InvalidArgument")

    # A job, from its creation to its deletion.
    token = str(uuid.uuid4())
    got, created = ask("POST", "/jobs", body=create(token, "true"))
    assert got == 200, ElementTree.tostring(created)
    job = created.findtext("JobId")
    refused(ask("POST", "/jobs", body=create(token, "true")), 400, "InvalidRequest")
    document = until(job, "Suspended")
    assert document.findtext("Job/Description") == "Räumung & <Löschung> 取消"
    assert document.findtext("Job/Manifest/Location/ETag") == '"15150651828fa9cdcb8356b6d1c7638b"'
    got, answer = ask("POST", f"/jobs/{job}/priority", {"priority": "2147483647"})
    assert (got, answer.findtext("Priority")) == (200, "2147483647")
    reason = "geprüft, confirmed + 100% 取消操作 (a/b)"
    params = {"requestedJobStatus": "Ready", "statusUpdateReason": reason}
    got, answer = ask("POST", f"/jobs/{job}/status", params)
    assert (got, answer.findtext("Status")) == (200, "Ready"), (got, answer)
    assert answer.findtext("StatusUpdateReason") == reason
    done = until(job, "Complete")
    assert int(done.findtext("Job/ProgressSummary/TotalNumberOfTasks")) > 0
    refused(ask("POST", f"/jobs/{job}/status", params), 400, "InvalidRequest")
    got, nothing = ask("DELETE", f"/jobs/{job}")
    assert (got, nothing) == (204, None)
    refused(ask("GET", f"/jobs/{job}"), 404, "NoSuchJob")

    # Temporary credentials, and none.
    temporary = config("AKIDWALKTEMP", "walk-secret-2", "walk/token+with=signs")
    assert ask("GET", "/jobs", config=temporary)[0] == 200
    other = config("AKIDWALKTEMP", "walk-secret-2", "another")
    refused(ask("GET", "/jobs", config=other), 403, "InvalidAccessKeyId")
    refused(ask("GET", "/jobs", config=config(secret_key="wrong")), 403, "SignatureDoesNotMatch")
    refused(ask("GET", "/jobs", config=config("AKIDNOBODY")), 403, "InvalidAccessKeyId")
    print("clients: python: all six calls")


main()
