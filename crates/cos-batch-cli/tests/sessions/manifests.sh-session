Manifests are made of keys, checked, and split.

$ printf 'logs/1.gz\nlogs/2.gz\n logs/3.gz\nlogs/1.gz\nlogs/%%.gz\n' | cosbatch manifest make --bucket src-1250000000 | tee m.csv
src-1250000000,logs/1.gz
src-1250000000,logs/2.gz
src-1250000000,%20logs/3.gz
src-1250000000,logs/1.gz
src-1250000000,logs/%25.gz
$ cosbatch manifest check m.csv -o table
m.csv:3: warning[M0104 leading-space]: key begins with a space: " logs/3.gz"
m.csv:4: warning[M0110 duplicate]: line 1 names the same object
5 rows, 1 bucket, 1 duplicate, 2 warnings
$ printf 'src-1,a\nsrc-1\nsrc-2,\n' | cosbatch manifest check - -o table
stdin:2: error[M0102 field-count]: expected 2 fields, found 1 in row 2 at byte 8
stdin:3: error[M0103 empty-field]: Key is empty in row 3 at byte 20
3 rows, 1 bucket, 0 duplicates, 2 errors, 0 warnings
? 1
$ cosbatch manifest split m.csv --rows 2 --prefix part-
part-0001.csv	2	50
part-0002.csv	2	53
part-0003.csv	1	27
$ cat part-0001.csv part-0002.csv part-0003.csv | cmp - m.csv && wc -l part-*.csv
  2 part-0001.csv
  2 part-0002.csv
  1 part-0003.csv
  5 total
$ cosbatch manifest split m.csv --rows 2 --prefix part-
error[E0214 no-output]: part-0001.csv cannot be written
  File exists [..]
  help: choose another --prefix, or replace what is there with --force
? 2
