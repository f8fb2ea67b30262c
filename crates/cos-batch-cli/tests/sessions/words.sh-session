What helps to type: schemas, completions, pages for man, help.

$ cosbatch --version
cosbatch [..]
$ cosbatch schema nothing
error[E0221 no-such-type]: there is no type "nothing"
  help: cosbatch schema lists all of them
? 2
$ cosbatch schema error | head -n 4
{
  "$defs": {
    "error": {
      "additionalProperties": false,
$ cosbatch completions bash | head -n 1
_cosbatch() {
$ cosbatch man | head -n 4
.ie \n(.g .ds Aq \(aq
.el .ds Aq '
.TH cosbatch 1  "cosbatch [..]" 
.SH NAME
$ cosbatch man pages && ls pages | head -n 3
cosbatch-cancel.1
cosbatch-completions.1
cosbatch-config-doctor.1
$ cosbatch explode
error: unrecognized subcommand 'explode'

  tip: some similar subcommands exist: 'explain', 'decode', 'encode'

Usage: cosbatch [OPTIONS] <COMMAND>

For more information, try '--help'.
? 2
$ cosbatch
List Tencent Cloud COS batch jobs, and work with their manifests and reports

Usage: cosbatch [OPTIONS] <COMMAND>
...
? 2
