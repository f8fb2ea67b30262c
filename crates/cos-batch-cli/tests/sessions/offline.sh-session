What was saved is read and written without a network.

$ cat > reply.xml <<'END'
> <ListJobsResult><Jobs><member><CreationTime>2019-12-19T11:05:40Z</CreationTime>
> <JobId>021140d8-67ca-4e89-8089-0de9a1e40943</JobId><Operation>COSPutObjectCopy</Operation>
> <Priority>10</Priority><ProgressSummary><NumberOfTasksFailed>1</NumberOfTasksFailed>
> <NumberOfTasksSucceeded>9</NumberOfTasksSucceeded><TotalNumberOfTasks>10</TotalNumberOfTasks>
> </ProgressSummary><Status>Complete</Status></member></Jobs></ListJobsResult>
> END
$ cosbatch decode ListJobs reply.xml -o table --time utc
JOB ID                                STATUS    PRI  PROGRESS                      CREATED
021140d8-67ca-4e89-8089-0de9a1e40943  Complete   10  100.0% 1 failed  2019-12-19T11:05:40Z
$ cosbatch decode ListJobs reply.xml -o yaml
jobs:
- creation_time: "2019-12-19T11:05:40Z"
  description: null
  job_id: 021140d8-67ca-4e89-8089-0de9a1e40943
  operation: COSPutObjectCopy
  priority: 10
  progress_summary:
    auto_manifest_status: null
    number_of_tasks_failed: 1
    number_of_tasks_succeeded: 9
    total_number_of_tasks: 10
  status: Complete
  termination_date: null
next_token: null
$ cosbatch decode ListJobs reply.xml | cosbatch encode ListJobs
<ListJobsResult><Jobs><member><CreationTime>2019-12-19T11:05:40Z</CreationTime><Description></Description><JobId>021140d8-67ca-4e89-8089-0de9a1e40943</JobId><Operation>COSPutObjectCopy</Operation><Priority>10</Priority><ProgressSummary><NumberOfTasksFailed>1</NumberOfTasksFailed><NumberOfTasksSucceeded>9</NumberOfTasksSucceeded><TotalNumberOfTasks>10</TotalNumberOfTasks></ProgressSummary><Status>Complete</Status></member></Jobs><NextToken></NextToken></ListJobsResult>
$ head -c 300 reply.xml | cosbatch decode ListJobs
error[E0902 cut-off]: the reply to ListJobs is not understood: the document is cut off at byte 281 in ListJobsResult/Jobs/member[1]/ProgressSummary/NumberOfTasksSucceeded
  help: what came is not the whole answer, and was not used; try again
? 9
$ echo '<html><h1>502 Bad Gateway</h1></html>' | cosbatch decode ListJobs --status 502 -o json
{"error":{"attempts":null,"attempts_allowed":null,"code":"E0901","exit":9,"facts":[],"help":"check the endpoint, and what stands between here and it: a proxy, a login page","host":null,"message":"ListJobs: the reply is no COS document (HTTP 502, 38 bytes: \"<html><h1>502 Bad Gateway</h1></html>\\n\")","name":"not-cos","operation":"ListJobs","request_id":null,"trace_id":null}}
? 9
$ echo '<Error><Code>NoSuchJob</Code><Message>gone</Message></Error>' | cosbatch decode DescribeJob --status 404
error[E0501 no-such-job]: COS refused DescribeJob: NoSuchJob (HTTP 404)
  message: gone
  help: check the id with cosbatch list
? 5
$ cosbatch encode CreateJob < reply.xml
error[E0219 bad-document]: stdin is not understood
  expected <CreateJobRequest>, found <ListJobsResult> at byte 0 in ListJobsResult
  help: mend it; cosbatch schema tells the fields
? 2
