A service on this machine: who may ask it, what is said when it is not there, how it ends.

$ cosbatch serve --seed-jobs 3 --key AKIDA=a-secret --port-file port 2>log &
$ for n in $(seq 300); do test -f port || sleep 0.1; done
$ cat log
listening on http://127.0.0.1:[..], 3 jobs; interrupt to end
$ export COSBATCH_ENDPOINT=http://127.0.0.1:$(cat port) COSBATCH_APP_ID=1250000000 TENCENTCLOUD_SECRET_ID=AKIDA
$ TENCENTCLOUD_SECRET_KEY=a-secret cosbatch list -o id
06c45d18-8009-454f-b893-a2eefb32555e
6e789e6a-a1b9-45f4-beeb-8da1658eec67
e220a839-7b1d-4daf-910a-2dec89025cc1
$ TENCENTCLOUD_SECRET_KEY=another cosbatch list -o id
error[E0602 signature]: COS refused ListJobs: SignatureDoesNotMatch (HTTP 403)
  message: the signature does not match the request
  nothing was listed
  request [..]  trace [..]  host 127.0.0.1:[..]  attempt 1 of 3
  help: check the secret key; where it is right, something on the way changed the request
? 6
$ kill $!; wait $!
? 143
$ TENCENTCLOUD_SECRET_KEY=a-secret cosbatch list -o id --retries 0
error[E0701 no-reply]: ListJobs got no reply: 127.0.0.1:[..] refused the connection: Connection refused [..]
  the request could not be sent
  nothing was listed
  host 127.0.0.1:[..]  attempt 1 of 1
  help: check the endpoint's host and port, and that the service runs there
? 7
$ rm port; cosbatch serve --port-file port 2>log &
$ for n in $(seq 300); do test -f port || sleep 0.1; done; kill -INT $!; wait $!
? 130
