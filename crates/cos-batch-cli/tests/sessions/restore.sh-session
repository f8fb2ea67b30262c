Archived objects are restored. The answer of CreateJob is lost once; the job is found by its token.
Four of the objects are not there: what failed becomes a manifest of its own.

$ mkdir -p data/src-1250000000/logs/2026 data/.cosbatch/src-1250000000/objects/logs/2026
$ for n in $(seq 10 46); do
>   echo text > data/src-1250000000/logs/2026/$n.gz
>   echo '{"storage_class":"ARCHIVE"}' > data/.cosbatch/src-1250000000/objects/logs/2026/$n.gz.json
> done
$ printf '[[fault]]\ncall = "CreateJob"\nnth = 1\nlost = "answer"\n' > lost.toml
$ cosbatch serve --seed 7 --seed-jobs 0 --clock x100 --buckets data --faults lost.toml --port-file port 2>log &
$ for n in $(seq 300); do test -f port || sleep 0.1; done
$ export COSBATCH_ENDPOINT=http://127.0.0.1:$(cat port) COSBATCH_APP_ID=1250000000 COSBATCH_REGION=ap-chengdu
$ export TENCENTCLOUD_SECRET_ID=AKIDLOCAL TENCENTCLOUD_SECRET_KEY=local-secret
$ for n in $(seq 10 49); do echo logs/2026/$n.gz; done > keys; echo ' logs/2026/a b.gz' >> keys
$ cosbatch manifest make --bucket src-1250000000 < keys > m.csv && cosbatch manifest check m.csv -o table
m.csv:41: warning[M0104 leading-space]: key begins with a space: " logs/2026/a b.gz"
41 rows, 1 bucket, 0 duplicates, 1 warning
$ cp m.csv data/src-1250000000
$ export JOB="--template restore --manifest cos://src-1250000000/m.csv --fields Bucket,Key
> --etag $(md5sum < m.csv | cut -c 1-32) --report cos://src-1250000000/out --priority 1
> --role-arn qcs::cam::uin/100000000001:roleName/R --yes"
$ cosbatch create $JOB --token 184ce261-18af-5e3d-3e30-253723cfd937
error[E1001 outcome-unknown]: CreateJob may or may not have happened (COS refused CreateJob: InvalidRequest (HTTP 400))
  message: ClientRequestToken was used before
  token 184ce261-18af-5e3d-3e30-253723cfd937
  request [..]  trace [..]  host 127.0.0.1:[..]  attempt 2 of 3
  help: cosbatch create --resume 184ce261-18af-5e3d-3e30-253723cfd937, and the rest as before: it looks for the job first, and creates it only if it is certain that it is not there
? 10
$ cosbatch create $JOB --resume 184ce261-18af-5e3d-3e30-253723cfd937 | tee id
looking for the job of 184ce261-18af-5e3d-3e30-253723cfd937; where it is not there, it takes half an hour to be certain
[..]-[..]-[..]-[..]-[..]
$ cosbatch list -o id | cmp - id
$ cosbatch wait $(cat id) --timeout 1m --interval 50ms --allow-failed 10% -o table
Complete in [..]s: 37 succeeded, 4 failed (allowed: 10%)
$ cosbatch wait $(cat id) -o table
Complete in [..]s: 37 succeeded, 4 failed (allowed: 0)
? 1
$ cosbatch report show data/src-1250000000/out/job-$(cat id)/results -o table
STATUS     CODE       HTTP  TASKS  SHARE                    EXAMPLE
succeeded  -          202      37  90.2%                    logs/2026/10.gz
failed     NoSuchKey  404       4   9.8%  ████████████████  logs/2026/47.gz
4 of 41 tasks failed
? 1
$ cosbatch report retry data/src-1250000000/out/job-$(cat id)/results > m2.csv; cat m2.csv
4 rows with the columns Bucket,Key
src-1250000000,logs/2026/47.gz
src-1250000000,logs/2026/48.gz
src-1250000000,logs/2026/49.gz
src-1250000000,%20logs/2026/a%20b.gz
