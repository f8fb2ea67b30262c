What a job says of its tasks: counted, listed, tried again, compared.

$ cat > old.csv <<'END'
> b-1,a,,succeeded,,200,
> b-1,b%20c,v1,failed,AccessDenied,403,"Access, denied"
> b-1,d,,failed,AccessDenied,403,x
> b-1,e,,failed,NoSuchKey,404,
> END
$ sed 's/^b-1,d.*/b-1,d,,succeeded,,200,/' old.csv > new.csv
$ cosbatch report show old.csv -o table
STATUS     CODE          HTTP  TASKS  SHARE                    EXAMPLE
succeeded  -             200       1  25.0%                    a
failed     AccessDenied  403       2  50.0%  ████████████████  b c
failed     NoSuchKey     404       1  25.0%  ████████          e
3 of 4 tasks failed
? 1
$ cosbatch report failed old.csv -o table
b-1/b c (v1)  AccessDenied 403: Access, denied
b-1/d  AccessDenied 403: x
b-1/e  NoSuchKey 404
$ cosbatch report retry old.csv --fields Bucket,Key,VersionId
b-1,b%20c,v1
b-1,d,
b-1,e,
3 rows with the columns Bucket,Key,VersionId
$ cosbatch report diff old.csv new.csv -o table
CHANGE  OLD                      NEW            BUCKET  KEY  VERSION
fixed   failed AccessDenied 403  succeeded 200  b-1     d    -
1 fixed
? 1
$ cosbatch report diff old.csv old.csv -o table
no difference
