Requests for another program to send, and why a signature was refused.

$ export COSBATCH_ENDPOINT=http://h.example COSBATCH_APP_ID=1250000000
$ export TENCENTCLOUD_SECRET_ID=AKIDEXAMPLE TENCENTCLOUD_SECRET_KEY=made-up
$ cosbatch sign ListJobs --status Active --as curl
curl -sS \
  -H 'authorization: q-sign-algorithm=sha1&q-ak=AKIDEXAMPLE&q-sign-time=[..]&q-key-time=[..]&q-header-list=host;x-cos-appid&q-url-param-list=jobstatuses&q-signature=[..]' \
  -H 'x-cos-appid: 1250000000' \
  'http://h.example/jobs?jobStatuses=Active'
warning[W0601 live-credential]: whoever has what is printed can make this call until [..]
  help: keep it out of logs and tickets; --expires makes it hold for less
$ cosbatch sign DescribeJob 53dc6228 --as url
http://h.example/jobs/53dc6228?q-sign-algorithm=sha1&q-ak=AKIDEXAMPLE&q-sign-time=[..]&q-key-time=[..]&q-header-list=host%3Bx-cos-appid&q-url-param-list=&q-signature=[..]
warning[W0601 live-credential]: whoever has what is printed can make this call until [..]
  help: keep it out of logs and tickets; --expires makes it hold for less
the request needs the header x-cos-appid too, with the value that was signed
$ cosbatch sign UpdateJobPriority 53dc6228 5 --as http -q | tr -d '\r'
POST /jobs/53dc6228/priority?priority=5 HTTP/1.1
authorization: q-sign-algorithm=sha1&q-ak=AKIDEXAMPLE&q-sign-time=[..]&q-key-time=[..]&q-header-list=content-length;host;x-cos-appid&q-url-param-list=priority&q-signature=[..]
content-length: 0
host: h.example
x-cos-appid: 1250000000
connection: close

$ cosbatch sign UpdateJobStatus 53dc6228 Ready --reason 'reviewed by ops' --as trace -q -o table
header_list     content-length;host;x-cos-appid
http_string     post\n/jobs/53dc6228/status\nrequestedjobstatus=Ready&statusupdatereason=reviewed%20by%20ops\ncontent-length=0&host=h.example&x-cos-appid=1250000000\n
key_time        [..];[..]
method          POST
signature       [..]
string_to_sign  sha1\n[..];[..]\n[..]\n
url             http://h.example/jobs/53dc6228/status?requestedJobStatus=Ready&statusUpdateReason=reviewed%20by%20ops
url_param_list  requestedjobstatus;statusupdatereason
$ cosbatch sign DeleteJob 53dc6228 -q
curl -sS \
  -X DELETE \
  -H 'authorization: q-sign-algorithm=sha1&q-ak=AKIDEXAMPLE&q-sign-time=[..]&q-key-time=[..]&q-header-list=host;x-cos-appid&q-url-param-list=&q-signature=[..]' \
  -H 'x-cos-appid: 1250000000' \
  'http://h.example/jobs/53dc6228'
$ cat > job.yaml <<'END'
> client_request_token: 184ce261-18af-5e3d-3e30-253723cfd937
> manifest:
>   location: {object_arn: "qcs::cos:ap-chengdu:uid/1250000000:src-1250000000/m.csv", etag: 15150651828fa9cd}
>   spec: {format: COSBatchOperations_CSV_V1, fields: [Bucket, Key]}
> operation: delete_object
> priority: 1
> report: {bucket: "qcs::cos:ap-chengdu:uid/1250000000:src-1250000000", enabled: false, format: Report_CSV_V1, report_scope: AllTasks}
> role_arn: qcs::cam::uin/100000000001:roleName/R
> END
$ cosbatch sign CreateJob job.yaml -q | head -n 2
curl -sS \
  -X POST \
$ cosbatch sign ListJobs --next-token a+b --as http -q > sent.http
$ echo '<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>' > refused.xml
$ cosbatch explain --request sent.http --response refused.xml -o table
SignatureDoesNotMatch: the service does not say what it computed: nothing to compare with
the request was signed with the keys that are configured here
? 1
