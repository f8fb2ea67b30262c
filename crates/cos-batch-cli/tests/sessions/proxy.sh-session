A service on this machine whose clock runs fast, with a proxy before it that answers in HTML: a
program that reads the reply is told, in words and by an exit code, that COS did not say this.

$ cat > proxy-html.toml <<'END'
> [[fault]]
> call = "ListJobs"
> nth = 2
> lost = "request"
> status = 502
> headers = { content-type = "text/html" }
> body = "<html><body><h1>502 Bad Gateway</h1><hr></body></html>"
> END
$ cosbatch serve --seed 7 --clock x3600 --faults proxy-html.toml --port-file port 2>log &
$ for n in $(seq 300); do test -f port || sleep 0.1; done
$ export COSBATCH_ENDPOINT=http://127.0.0.1:$(cat port) COSBATCH_APP_ID=1250000000
$ export TENCENTCLOUD_SECRET_ID=AKIDLOCAL TENCENTCLOUD_SECRET_KEY=local-secret
$ cosbatch list -o jsonl | head -n 1
{"creation_time":"[..]","description":"跨地域复制：成都 → 广州 & 北京","job_id":"05582d37-111a-4529-b061-6f2f48dce01c","operation":"COSPutObjectCopy",[..]}
$ cosbatch sign ListJobs --status Active --as curl -q | sh | cosbatch decode ListJobs -o id
error[E0901 not-cos]: ListJobs: the reply is no COS document (HTTP 200, 54 bytes: "<html><body><h1>502 Bad Gateway</h1><hr></body></html>")
  help: check the endpoint, and what stands between here and it: a proxy, a login page
? 9
$ cosbatch sign ListJobs --as curl -q | sh | cosbatch decode ListJobs -o id | head -n 1
05582d37-111a-4529-b061-6f2f48dce01c
$ cat log
listening on http://127.0.0.1:[..], 48 jobs; interrupt to end
