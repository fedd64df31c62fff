# Words for the person in front of `make`: one line per step with its time; the noise goes to a log that is shown when
# the step fails. Sourced by the scripts of this folder.

now() { date +%s%N; }

elapsed() { # since a value of `now`, as "12.3 s"
  local tenths=$((($(now) - $1) / 100000000))
  echo "$((tenths / 10)).$((tenths % 10)) s"
}

fail() {
  echo "mlgateway: $*" >&2
  exit 1
}

# step WORDS COMMAND...
step() {
  local words=$1 log started
  shift
  log=$(mktemp)
  started=$(now)
  printf '  %-44s ' "$words"
  if "$@" >"$log" 2>&1; then
    elapsed "$started"
    rm -f "$log"
    return
  fi
  echo "failed after $(elapsed "$started")"
  tail -n 40 "$log" >&2
  fail "\"$words\" failed; its whole output is in $log"
}
