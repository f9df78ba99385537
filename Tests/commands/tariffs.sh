#!/usr/bin/env bash
# Tariffs as an operator loads them, and as the running service notices. Run it by
# scripts/with-service.
set -uo pipefail
# shellcheck source=Tests/curl/assert.bash
source "$(dirname "${BASH_SOURCE[0]}")/../curl/assert.bash"
: "${CUSTOMER_CARE_OWNER_DATABASE_URL:?run this by scripts/with-service}"

binary=${CUSTOMER_CARE_BINARY:-$repository/.build/release/customer-care}
tariffs() { "$binary" tariffs "$@" >"$scratch/output" 2>"$scratch/error"; }
# version: the one in use by the service.
version() {
    unsigned GET /v1/tariffs
    read_json 'it["tariffVersion"]'
}
# await_version OLD: until the service has another one, ten seconds at most.
await_version() {
    local tenths=100
    while [[ $(version) == "$1" ]] && ((tenths-- > 0)); do sleep 0.1; done
}

# Whoever tried the service before may have brought others, and on one line.
found=$(version)
tariffs load --built-in
[[ ! -s $scratch/output ]] || await_version "$found"

tariffs show
is "the newest version is shown" "$?" 0
is "with its decisions" "$(grep -c '^tariff ' "$scratch/output")" 5
tariffs show --json
cp "$scratch/output" "$scratch/tariffs.json"
tariffs load "$scratch/tariffs.json"
is "what is there already can be loaded" "$?" 0
is "and changes nothing" "$(cat "$scratch/output")" ""

first=$(version)
sed 's/"unitPrice": 2050}/"unitPrice": 2051}/' "$scratch/tariffs.json" >"$scratch/new.json"
difference="~ /tariffs/1279/QĐ-BCT/residential/tiers/1/unitPrice: 2050 -> 2051"
tariffs load --dry-run "$scratch/new.json"
is "a rehearsal is no fault" "$?" 0
is "it shows what differs" "$(cat "$scratch/output")" "$difference"
sed 's/"unitPrice": 2050}/"unitPrice": -1}/; s/"validTo": "2023-05-03"/"validTo": "2023-05-04"/' \
    "$scratch/tariffs.json" >"$scratch/wrong.json"
tariffs load "$scratch/wrong.json"
is "what is wrong is not loaded" "$?" 1
is "each fault has its pointer" "$(grep -c '^  /tariffs/[14]/' "$scratch/error")" 2
is "a file that is not there is told" "$(tariffs load "$scratch/absent" || echo $?)" 1
is "nothing has changed so far" "$(version)" "$first"

tariffs load "$scratch/new.json"
is "the change is loaded" "$?" 0
is "having been shown" "$(cat "$scratch/output")" "$difference"
await_version "$first"
unsigned GET '/v1/tariffs?purpose=residential'
is "the service has noticed, without a restart" \
    "$(read_json 'it["tariff"]["categories"][0]["tiers"][1]["unitPrice"]')" 2051
second=$(version)
tariffs load --built-in
is "the built-in document is loaded again" "$?" 0
await_version "$second"
is "and noticed" "$(read_json 'it["tariff"]["categories"][0]["tiers"][1]["unitPrice"]')" 2050

finish
