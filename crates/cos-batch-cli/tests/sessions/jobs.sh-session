Jobs are listed, looked at, changed, waited for and watched. With --local each command has sample
jobs of its own.

$ cosbatch list --local --limit 3
05582d37-111a-4529-b061-6f2f48dce01c	Active	10	COSPutObjectCopy	85566	1924	98304	[..]		跨地域复制：成都 → 广州 & 北京
06c45d18-8009-454f-b893-a2eefb32555e	Suspended	20	COSDeleteObject	0	0	48210	[..]		删除 2021 年以前的临时文件（等待确认）
07dc930b-3022-48a8-bc82-1fbf59108163	Complete	10	COSDeleteObject	0	0	0	[..]	[..]	empty manifest, expected
$ cosbatch list --local --status Failing -o csv --columns job_id,priority,failed,total
job_id,priority,failed,total
8621a03f-e0bb-4b7b-b476-cf8a4baa5dc0,10,38782,88140
ecee6563-0a69-4e37-96de-6acd12c87e38,10,3881,19400
$ cosbatch list --local --status ^terminal --operation COSDeleteObject --sort priority -o table
JOB ID                                STATUS      PRI  OPERATION        PROGRESS         AGE
06c45d18-8009-454f-b893-a2eefb32555e  Suspended    20  COSDeleteObject  0.0%              5d
54496ad6-7bd2-434c-9f84-10633ef306ac  Active       10  COSDeleteObject  6.9% 126 failed   1d
c2d326e0-055b-4ef6-9afc-d44d14cf8bfe  Cancelling   10  COSDeleteObject  13.0%            13h
f16952ee-72f3-454f-990c-d70b12c5d084  Suspended    10  COSDeleteObject  0.0%              1d
c584133a-c916-4b3c-85e7-bb0f12278575  Ready         1  COSDeleteObject  0.0%              3h
5 jobs (of 48, 4 pages)
$ cosbatch list --local --match acme -o id
8621a03f-e0bb-4b7b-b476-cf8a4baa5dc0
$ cosbatch describe --local 40d29eb5-7de1-4510-b6b9-aeef0d2df7ab -o table
client_request_token         b6d58e27-8cc8-4c14-a834-09b1f2fb545f
confirmation_required        false
creation_time                [..]
description                  清理灰度环境旧版本静态资源
job_id                       40d29eb5-7de1-4510-b6b9-aeef0d2df7ab
manifest
  location
    etag                     84f1f3fd65d4c39753ee02471f99ff7c
    object_arn               qcs::cos:ap-chengdu:uid/1250000000:src-1250000000/manifests/00027.csv
  spec
    fields                   Bucket, Key
    format                   COSBatchOperations_CSV_V1
operation                    delete_object
priority                     1
progress_summary
  number_of_tasks_failed     0
  number_of_tasks_succeeded  250000
  total_number_of_tasks      250000
report
  bucket                     qcs::cos:ap-chengdu:uid/1250000000:src-1250000000
  enabled                    true
  format                     Report_CSV_V1
  prefix                     job-result
  report_scope               AllTasks
role_arn                     qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole
status                       Complete
status_update_reason         Job complete
termination_date             [..]
$ cosbatch priority --local 5 06c45d18-8009-454f-b893-a2eefb32555e -o table
06c45d18-8009-454f-b893-a2eefb32555e  20 -> 5
$ echo 06c45d18-8009-454f-b893-a2eefb32555e | cosbatch priority --local 5 -
06c45d18-8009-454f-b893-a2eefb32555e	done	20	5	
$ cosbatch confirm --local 06c45d18-8009-454f-b893-a2eefb32555e
error[E0218 not-confirmed]: nobody can be asked whether to do it
  nothing was done
  help: say --yes
? 2
$ cosbatch confirm --local 06c45d18-8009-454f-b893-a2eefb32555e --yes --if-status Paused
06c45d18-8009-454f-b893-a2eefb32555e	skipped	Suspended		Suspended, not Paused
? 1
$ cosbatch cancel --local --all-matching --status Ready --yes -o table
6e19905d-cbe5-41df-916a-a4b296eb9d18  Ready -> Cancelled
c584133a-c916-4b3c-85e7-bb0f12278575  Ready -> Cancelled
$ cosbatch cancel --local --yes 40d29eb5-7de1-4510-b6b9-aeef0d2df7ab 05582d37-111a-4529-b061-6f2f48dce01c -o table
error[E0401 refused]: COS refused UpdateJobStatus: InvalidRequest (HTTP 400)
  message: a job that is Complete cannot be cancelled
  job 40d29eb5-7de1-4510-b6b9-aeef0d2df7ab
  it was Complete before
  nothing was changed
  request [..]  trace [..]  host 127.0.0.1:[..]  attempt 1 of 3
  help: mend the request as the message says
40d29eb5-7de1-4510-b6b9-aeef0d2df7ab  failed: E0401 refused
05582d37-111a-4529-b061-6f2f48dce01c  Active -> Cancelling
? 4
$ cosbatch delete --local --yes 40d29eb5-7de1-4510-b6b9-aeef0d2df7ab -o table
40d29eb5-7de1-4510-b6b9-aeef0d2df7ab  Complete -> deleted
$ cosbatch describe --local nobody
error[E0501 no-such-job]: COS refused DescribeJob: NoSuchJob (HTTP 404)
  message: there is no such job
  job nobody
  request [..]  trace [..]  host 127.0.0.1:[..]  attempt 1 of 3
  help: check the id with cosbatch list
? 5
$ cosbatch wait --local 40d29eb5-7de1-4510-b6b9-aeef0d2df7ab -o table
Complete in 20m: 250,000 succeeded, 0 failed
$ cosbatch wait --local 40d29eb5-7de1-4510-b6b9-aeef0d2df7ab dd7c01d4-f540-4269-8973-05c5d1aab99f -o table
40d29eb5-7de1-4510-b6b9-aeef0d2df7ab  Complete in 20m: 250,000 succeeded, 0 failed
dd7c01d4-f540-4269-8973-05c5d1aab99f  Complete in 20s: 366 succeeded, 1 failed (allowed: 0)
? 1
$ cosbatch wait --local 06c45d18-8009-454f-b893-a2eefb32555e --max-polls 1
error[E0801 time-up]: the job is not there yet, and time is up
  job 06c45d18-8009-454f-b893-a2eefb32555e: Suspended
  help: wait again: nothing was changed; or give more --timeout
? 8
$ cosbatch watch --local 40d29eb5-7de1-4510-b6b9-aeef0d2df7ab
{"creation_time":"[..]","description":"清理灰度环境旧版本静态资源","job_id":"40d29eb5-7de1-4510-b6b9-aeef0d2df7ab","operation":"COSDeleteObject","priority":1,"progress_summary":{"auto_manifest_status":null,"number_of_tasks_failed":0,"number_of_tasks_succeeded":250000,"total_number_of_tasks":250000},"status":"Complete","termination_date":"[..]"}
$ cosbatch watch --local dd7c01d4-f540-4269-8973-05c5d1aab99f -o table
JOB ID                                STATUS    PRI  OPERATION         PROGRESS         AGE
dd7c01d4-f540-4269-8973-05c5d1aab99f  Complete   10  COSPutObjectCopy  100.0% 1 failed  37d
? 1
