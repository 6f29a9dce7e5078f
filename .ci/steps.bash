# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# step NAME COMMAND...: runs a command, whose status it has, and notes its seconds in $CMALAB_STEPS, a
# file of a CI run.
step() {
  local name=$1 started=$SECONDS status=0
  shift
  echo "== $name"
  "$@" || status=$?
  printf '%d\t%s\n' $((SECONDS - started)) "$name" >> "${CMALAB_STEPS:-/dev/null}"
  return "$status"
}
