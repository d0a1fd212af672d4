#!/usr/bin/env bash
# Proves the contract with two tools that others wrote:
#
#   schemathesis  asks a running sandbox for everything that the contract describes, and for much that it
#                 forbids, and looks whether each answer is one that the contract allows;
#   prism         stands in for the service, made from the contract alone: it must take every request that
#                 the client of `src/api/` makes, and refuse those that are broken on purpose.
#
# Usage: tests/contract.sh [install|schemathesis|prism]    the last two where none is named
#
# The tools are installed below target/contract, at the versions named here and in tests/contract/tools: by
# `install`, or when they are wanted.
# Nothing is left running.
set -euo pipefail
cd "$(dirname "$0")/.."

prism_version=5.14.2
seed=${CONTRACT_SEED:-20260817}
cases=250 # for each operation of the contract
key=contract-key-0123456789

root=$(pwd)
tools=$root/tests/contract/tools
place=$root/target/contract
mkdir -p "$place"

children=()
cleanup() {
  for child in ${children[@]+"${children[@]}"}; do kill "$child" 2>/dev/null || true; done
  for child in ${children[@]+"${children[@]}"}; do wait "$child" 2>/dev/null || true; done
  rm -rf "$place/world"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

say() { printf '%s\n' "$*"; }

# wait_for FILE PATTERN CHILD: until the output of a child says so; at most a minute.
wait_for() {
  for _ in $(seq 600); do
    grep -q "$2" "$1" 2>/dev/null && return
    kill -0 "$3" 2>/dev/null || break
    sleep 0.1
  done
  say "it did not start:" >&2
  cat "$1" >&2
  exit 1
}

install() {
  install_schemathesis
  install_prism
}

install_schemathesis() {
  local stamp=$place/venv/installed
  cmp -s "$tools/requirements.txt" "$stamp" && return
  say "installing schemathesis"
  rm -rf "$place/venv"
  python3 -m venv "$place/venv"
  "$place/venv/bin/pip" install --quiet --disable-pip-version-check -r "$tools/requirements.txt"
  cp "$tools/requirements.txt" "$stamp"
}

install_prism() {
  [ "$(cat "$place/prism/installed" 2>/dev/null)" = "$prism_version" ] && return
  say "installing prism"
  rm -rf "$place/prism"
  mkdir -p "$place/prism"
  npm install --silent --no-audit --no-fund --prefix "$place/prism" "@stoplight/prism-cli@$prism_version"
  echo "$prism_version" > "$place/prism/installed"
}

schemathesis() {
  install_schemathesis
  cargo build --locked --quiet
  rm -rf "$place/world"
  REFRAIN_DATA_DIR=$place/world "$root/target/debug/refrain" sandbox --speed 10000 --scenario "$tools/sandbox.toml" \
    > "$place/sandbox.log" 2> "$place/sandbox.err" &
  children+=($!)
  wait_for "$place/sandbox.log" '^http://127' $!

  # One rule of the contract is refrain's alone: it sends no tag that the service would drop. The service drops
  # such a tag and says nothing, so an answer to it is no fault: for this tool the rule is taken out.
  python3 - "$root/tests/contract/openapi.json" "$place/lenient.json" <<'PYTHON'
import json, sys
document = json.load(open(sys.argv[1]))
del document["components"]["parameters"]["RequestTag"]["schema"]["pattern"]
json.dump(document, open(sys.argv[2], "w"))
PYTHON

  url=$(head -1 "$place/sandbox.log")
  say "schemathesis asks the sandbox"
  ask --checks all --phases examples,coverage,fuzzing,stateful --max-examples $cases --seed "$seed"

  # A tool that finds nothing has to show that it would: with one endpoint broken it must.
  scenario='[account]
key = "'$key'"
[[rule]]
endpoint = "billing"
answer = "garbage"
content_type = "application/json"'
  python3 -c 'import sys, urllib.request as web; web.urlopen(web.Request(sys.argv[1], sys.argv[2].encode(), method="PUT"))' \
    "$url/sandbox/scenario" "$scenario"
  if ask --checks all --phases fuzzing --max-examples 5 --seed "$seed" --include-operation-id balance > "$place/control.log" 2>&1; then
    say "schemathesis did not see a broken endpoint:" >&2
    cat "$place/control.log" >&2
    exit 1
  fi
  say "schemathesis sees an endpoint that is broken on purpose"
}

# A song that is made while the connection is held takes its time, on a busy machine more than the ten seconds
# that the tool allows by itself.
ask() {
  # It remembers what it found in the folder that it runs in.
  rm -rf "$place/.schemathesis"
  (cd "$place" && "$place/venv/bin/schemathesis" --config-file "$tools/schemathesis.toml" run "$place/lenient.json" \
    --url "$url" --header "Authorization: Bearer $key" --generation-database none --no-color \
    --request-timeout 60 --max-response-time 60 "$@")
}

prism() {
  install_prism
  cargo test --locked --quiet --test contract --no-run
  local port
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  node "$place/prism/node_modules/@stoplight/prism-cli/dist/index.js" mock --errors --verboseLevel info --port "$port" \
    "$root/tests/contract/openapi.json" > "$place/prism.log" 2>&1 &
  children+=($!)
  wait_for "$place/prism.log" 'listening' $!
  say "prism stands in for the service"
  REFRAIN_PRISM_URL=http://127.0.0.1:$port cargo test --locked --quiet --test contract -- --ignored --nocapture prism
}

for part in ${1:-schemathesis prism}; do
  "$part"
done
