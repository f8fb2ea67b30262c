A morning's look at what stands still, why, and letting one job go on.

$ cosbatch serve --clock manual --port-file port 2>log &
$ for n in $(seq 300); do test -f port || sleep 0.1; done
$ export COSBATCH_ENDPOINT=http://127.0.0.1:$(cat port) COSBATCH_APP_ID=1250000000
$ export TENCENTCLOUD_SECRET_ID=AKIDLOCAL TENCENTCLOUD_SECRET_KEY=local-secret
$ cosbatch list --status attention --since 14d -o table
JOB ID                                STATUS     PRI  OPERATION             PROGRESS             AGE
06c45d18-8009-454f-b893-a2eefb32555e  Suspended   20  COSDeleteObject       0.0%                  5d
3ee57890-41c9-4ac3-8917-18de357e3da8  Paused       3  COSPutObjectCopy      69.0% 441 failed      2d
8621a03f-e0bb-4b7b-b476-cf8a4baa5dc0  Failing     10  COSPutObjectCopy      87.9% 38,782 failed   1d
a2f09dab-b45c-4316-8b33-1645445bcd27  Paused       1  COSPutObjectTagging   46.0%                12h
cc06c316-52eb-4438-9e70-d1019fc66081  Suspended   10  COSInitiateRestoreO…  0.0%                  6d
db01602b-100b-4ed7-90e2-c46865e98746  Suspended   10  COSPutObjectCopy      0.0%                  6d
ecee6563-0a69-4e37-96de-6acd12c87e38  Failing     10  COSPutObjectTagging   40.0% 3,881 failed    9h
f16952ee-72f3-454f-990c-d70b12c5d084  Suspended   10  COSDeleteObject       0.0%                  1d
8 jobs need attention (of 30 in the last 14 days, 1 page)
$ cosbatch describe f88bb8a8-724c-41ec-b1c1-8690ee42c90b --failures -o table
FailureRateExceeded  224 of 446 tasks failed, more than half of them
$ cosbatch confirm f16952ee-72f3-454f-990c-d70b12c5d084 --reason 'reviewed by ops' --yes -o table && echo ok
f16952ee-72f3-454f-990c-d70b12c5d084  Suspended -> Ready
ok
$ cosbatch list --status Suspended,Ready -o id | grep f16952ee
f16952ee-72f3-454f-990c-d70b12c5d084
$ cosbatch list --status attention --count
11
