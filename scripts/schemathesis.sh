#!/usr/bin/env bash
# Asks every operation of the API for what its description allows and for what it does not, and compares the answers with the description:
#   scripts/schemathesis.sh [EXAMPLES]   so many requests an operation, 10 of them unless said otherwise
# A server of its own, on a free port and a folder that is thrown away, is asked by an admin. ARGS goes to schemathesis as it is, such as
# --include-operation-id=send_message.
set -euo pipefail
cd "$(dirname "$0")/.."

examples=${1:-10}
st=.tools/schemathesis/bin/st
[[ -x $st ]] || { echo "schemathesis is missing. Install it: scripts/setup.sh test" >&2; exit 1; }
snug=${SNUG_BINARY:-target/release/snug}
[[ -x $snug ]] || { echo "There is no server to ask. Run: make build" >&2; exit 1; }

# What is set around here is not meant for that server.
unset "${!SNUG_@}"
folder=$(mktemp -d)
server=
stop() {
  [[ -z $server ]] || { kill "$server" && wait "$server" || true; }
  rm -rf "$folder"
}
trap stop EXIT

export SNUG_DATA_DIR=$folder SNUG_LOG=error SNUG_ADDR=127.0.0.1:0
# Nothing of this may be refused because it comes too often: that would hide what else it gets.
plenty=rooms=1000000,rooms-made=1000000,rooms-joined=1000000,tries-per-account=1000000+1000000/s,registrations-per-address=1000000+1000000/s
for limit in tries sends joins creations invites edits moderations renewals connects; do
  [[ $limit == tries ]] || plenty+=,$limit=1000000+1000000/s
  plenty+=,$limit-per-address=1000000+1000000/s
done
export SNUG_LIMITS=$plenty SNUG_ACCESS_MINUTES=1440

password='seven small boats'
add() { "$snug" user add "$1" --role "$2" <<<"$password" >"$folder/out"; }
"$snug" migrate >"$folder/out"
add ada owner
add bob member
"$snug" room add Garden --owner ada >"$folder/out"

touch "$folder/ready"
"$snug" serve >"$folder/ready" 2>"$folder/log" &
server=$!
for _ in {1..300}; do
  url=$(sed -n 's/^Snug is ready: //p' "$folder/ready")
  [[ -z $url ]] || break
  sleep 0.1
done
[[ -n $url ]] || { cat "$folder/log" >&2; exit 1; }

get() { curl -sf "$url/api/v1/$1" -H "Authorization: Bearer $token"; }
field() { node -p 'process.argv[1].split(".").reduce((value, name) => value[name], JSON.parse(require("fs").readFileSync(0)))' "$1"; }
post() { curl -sf "$url/api/v1/$1" -H 'Content-Type: application/json' -H "Authorization: Bearer ${token:-}" -d "$2"; }
sign_in() { token=$(curl -sf "$url/api/v1/auth/token" -H 'Content-Type: application/json' -d "{\"username\":\"ada\",\"password\":\"$password\"}" | field access_token); }
sign_in
for number in 1 2 3; do
  post rooms/garden/messages "{\"client_id\":\"$(cat /proc/sys/kernel/random/uuid)\",\"body\":\"Rose $number\"}" >"$folder/out"
done

# What there is, by the names that the paths have for it.
MESSAGE=$(get rooms/garden/messages | field messages.0.id)
BOB=$(get 'users?text=bob' | field users.0.id)
BOT=$(post bots '{"username":"gardener"}' | field user.id)
HOOK=$(post rooms/garden/hooks '{"name":"Grafana"}' | field hook.id)
OUTGOING=$(post rooms/garden/outgoing '{"name":"Shed","url":"https://example.org/garden"}' | field hook.id)
CODE=$(post invites '{}' | field code)
export MESSAGE BOB BOT HOOK OUTGOING CODE

status=0
made_up=scripts/schemathesis.toml known=$folder/known.toml
cat "$made_up" scripts/schemathesis-known.toml >"$known"
# ask CONFIG [OPTION…]: with a session of its own.
ask() {
  sign_in
  "$st" --config-file "$1" run "$url/api/v1/openapi.json" -H "Authorization: Bearer $token" \
    --checks all --seed 1 --max-examples "$examples" "${@:2}" ${ARGS:-} || status=$?
}
# What there is, since made-up ids end at "not found"; then it goes; then sessions end, maybe the own one. Whatever comes to mind comes last:
# among that may be to suspend whoever asks.
ending=(end_session end_my_session)
ask "$known" --phases coverage,fuzzing --exclude-method DELETE
ask "$known" --phases coverage,fuzzing --include-method DELETE "${ending[@]/#/--exclude-operation-id=}"
ask "$made_up" "${ending[@]/#/--include-operation-id=}"
ask "$made_up" "${ending[@]/#/--exclude-operation-id=}"
if [[ -s $folder/log ]]; then
  echo "The server said:" >&2
  cat "$folder/log" >&2
  status=1
fi
exit "$status"
