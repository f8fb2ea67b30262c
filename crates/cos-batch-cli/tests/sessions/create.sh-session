A job from flags: created, refused where nobody can be asked, and shown instead of sent.

$ export COSBATCH_REGION=ap-chengdu JOB='--template delete --manifest cos://src-1250000000/m.csv --etag 15150651828fa9cd
> --priority 1 --role-arn qcs::cam::uin/100000000001:roleName/R'
$ cosbatch create --local $JOB --yes
[..]-[..]-[..]-[..]-[..]
$ cosbatch create --local $JOB
error[E0218 not-confirmed]: nobody can be asked whether to do it
  nothing was done
  help: say --yes
? 2
$ cosbatch create --endpoint http://127.0.0.1:1 --app-id 1250000000 $JOB --token 184ce261-18af-5e3d-3e30-253723cfd937 --dry-run
error[E0302 no-credentials]: no credentials are configured
  TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY are not set
  no keys are in ./.config/cosbatch/config.toml, ./.tccli/default.credential, ./.cos.yaml
  help: set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, and TENCENTCLOUD_SECURITY_TOKEN where they are temporary; or try --local
? 3
$ export TENCENTCLOUD_SECRET_ID=AKIDLOCAL TENCENTCLOUD_SECRET_KEY=local-secret
$ cosbatch create --endpoint http://127.0.0.1:1 --app-id 1250000000 $JOB --token 184ce261-18af-5e3d-3e30-253723cfd937 --dry-run
POST /jobs HTTP/1.1
host: 127.0.0.1:1
x-cos-appid: 1250000000
content-md5: QFWayF5IZOiw+mVfAXk+Rg==
content-length: 686
content-type: application/xml
authorization: (not shown)

<CreateJobRequest><ClientRequestToken>184ce261-18af-5e3d-3e30-253723cfd937</ClientRequestToken><Manifest><Location><ETag>15150651828fa9cd</ETag><ObjectArn>qcs::cos:ap-chengdu:uid/1250000000:src-1250000000/m.csv</ObjectArn></Location><Spec><Fields><member>Bucket</member><member>Key</member></Fields><Format>COSBatchOperations_CSV_V1</Format></Spec></Manifest><Operation><COSDeleteObject></COSDeleteObject></Operation><Priority>1</Priority><Report><Bucket>qcs::cos:ap-chengdu:uid/1250000000:src-1250000000</Bucket><Enabled>false</Enabled><Format>Report_CSV_V1</Format><ReportScope>AllTasks</ReportScope></Report><RoleArn>qcs::cam::uin/100000000001:roleName/R</RoleArn></CreateJobRequest>
