What is configured where, and whether it is good for anything.

$ cosbatch list
error[E0301 no-account]: the account is not configured
  missing: the UIN, the APPID, the region
  help: give --uin, --app-id and --region (or COSBATCH_UIN, COSBATCH_APP_ID, COSBATCH_REGION), or --endpoint and --app-id; or try --local
? 3
$ cosbatch config show --endpoint http://127.0.0.1:1
profile	default	default
endpoint	http://127.0.0.1:1	--endpoint
uin		
app_id		
region		
certificates		
secret_id		
secret_key		
token		
expires_at		
$ mkdir -p .config/cosbatch; umask 077
$ cat > .config/cosbatch/config.toml <<'END'
> [night]
> uin = "100000000001"
> app_id = "1250000000"
> region = "ap-chengdu"
> secret_id = "AKIDnight0000beef"
> secret_key = "made-up"
> END
$ cosbatch config show --profile night -o table
NAME          VALUE         ORIGIN
profile       night         --profile
endpoint      -             -
uin           100000000001  ./.config/cosbatch/config.toml [night]
app_id        1250000000    ./.config/cosbatch/config.toml [night]
region        ap-chengdu    ./.config/cosbatch/config.toml [night]
certificates  -             -
secret_id     AKID…beef     ./.config/cosbatch/config.toml [night]
secret_key    …             ./.config/cosbatch/config.toml [night]
token         -             -
expires_at    -             -
$ chmod 644 .config/cosbatch/config.toml; cosbatch config show --profile night -o table --columns name,value
warning[W0301 readable-by-others]: ./.config/cosbatch/config.toml holds keys and is open to others (mode 0644)
  help: chmod 600 ./.config/cosbatch/config.toml
NAME          VALUE
profile       night
endpoint      -
uin           100000000001
app_id        1250000000
region        ap-chengdu
certificates  -
secret_id     AKID…beef
secret_key    …
token         -
expires_at    -
$ cosbatch config doctor --local -o table
name     ok       127.0.0.1 is 127.0.0.1
clock    ok       [..] the service
call     ok       ListJobs is answered
$ cosbatch config doctor --profile night --endpoint http://127.0.0.1:1 -o table
file     warning  ./.config/cosbatch/config.toml is open to others (0644)
                  help: chmod 600 ./.config/cosbatch/config.toml
file     skipped  ./.tccli/night.credential is not there
file     skipped  ./.tccli/night.configure is not there
file     skipped  ./.cos.yaml is not there
account  ok       http://127.0.0.1:1
keys     ok       AKID…beef from ./.config/cosbatch/config.toml [night]
name     ok       127.0.0.1 is 127.0.0.1
clock    skipped  something before it failed
call     error    no answer: 127.0.0.1:1 refused the connection: Connection refused [..]
                  help: check the endpoint, the network and HTTPS_PROXY
? 1
$ echo '[night' > .config/cosbatch/config.toml; cosbatch list --profile night
warning[W0301 readable-by-others]: ./.config/cosbatch/config.toml holds keys and is open to others (mode 0644)
  help: chmod 600 ./.config/cosbatch/config.toml
error[E0307 bad-file]: ./.config/cosbatch/config.toml is malformed
  it is no TOML: line 1, column 7
  help: mend the file; cosbatch config doctor checks it
? 3
