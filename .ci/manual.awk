# SPDX-License-Identifier: Apache-2.0
# A man page as its generator wrote it, with examples and exit codes out of the description in
# sections of their own (mdoc(7)). Their headings are those of Sources/Commands/CommandManual.swift.

/^Examples:$/ { part = "examples"; next }
/^Exit status:$/ { part = "statuses"; next }
/^\./ { part = "" }
part == "examples" && /^  / { examples = examples substr($0, 3) "\n" }
part == "statuses" && /^  / {
  code = $1
  sub(/^ *[0-9]+ */, "")
  statuses = statuses ".It " code "\n" $0 "\n"
}
part != "" { next }
/^\.Ex -std$/ && statuses != "" {
  printf ".Bl -tag -width 6n\n%s.El\n", statuses
  if (examples != "") printf ".Sh EXAMPLES\n.Bd -literal\n%s.Ed\n", examples
  next
}
# A blank line parts paragraphs; before a macro it parts nothing.
/^$/ { blank = 1; next }
{
  if (blank && !/^\./) print ".Pp"
  blank = 0
  print
}
