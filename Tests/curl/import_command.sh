#!/usr/bin/env bash
# `customer-care import`, as somebody at a terminal uses it: a dry run, a file that breaks rules,
# one that is taken, again, compressed, from standard input, resumed, and without a key.
set -uo pipefail
# shellcheck source=Tests/curl/assert.bash
source "$(dirname "${BASH_SOURCE[0]}")/assert.bash"

binary=${CUSTOMER_CARE_BINARY:-.build/release/customer-care}
CUSTOMER_CARE_URL=$base_url
importer='[c for c in it["clients"] if c["name"] == "importer"][0]'
CUSTOMER_CARE_KEY_ID=$(read_json "${importer}[\"keyId\"]" "$CUSTOMER_CARE_DEMO_FILE")
CUSTOMER_CARE_SECRET=$(read_json "${importer}[\"secret\"]" "$CUSTOMER_CARE_DEMO_FILE")
export CUSTOMER_CARE_URL CUSTOMER_CARE_KEY_ID CUSTOMER_CARE_SECRET

# import ARGUMENT…: its exit status in $status, what it says in $said.
import() {
    said=$("$binary" import "$@" 2>"$scratch/told")
    status=$?
}
count() { grep -c "$1" <<<"$said"; }

code=$(customer "$ordinary" customerCode 6)
day=$(TZ=UTC-7 date --date '+3 days' +%Y-%m-%d)
month=$(TZ=UTC-7 date --date '+3 days' +%Y-%m)
line="{\"kind\":\"customerCode\",\"value\":\"$code\",\"month\":\"$month\",\"readingOn\":\"$day\""

printf '%s}\n' "$line" >"$scratch/days.ndjson"
import readingSchedules "$scratch/days.ndjson" --source plan --dry-run
is "a dry run ends well" "$status" 0
is "it says what would change" "$(count 'validated: 1 rows, 0 wrong')" 1
import readingSchedules "$scratch/days.ndjson" --source plan
is "it is taken" "$status" 0
is "and in use" "$(count '^committed')" 1
import readingSchedules - --source plan --format ndjson <"$scratch/days.ndjson"
is "the same again changes nothing" "$(count 'unchanged 1')" 1

printf '%s,"periodNumber":7}\n{\n' "$line" >"$scratch/wrong.ndjson"
import readingSchedules "$scratch/wrong.ndjson" --source plan
is "wrong data end with 65" "$status" 65
is "one is named" "$(count 'line 1: #/periodNumber out_of_range')" 1
is "and the other" "$(count 'line 2: # invalid_json')" 1

printf 'kind,value,month,readingOn\ncustomerCode,%s,%s,%s\n' "$code" "$month" \
    "$(TZ=UTC-7 date --date '+4 days' +%Y-%m-%d)" | gzip >"$scratch/days.csv.gz"
import readingSchedules "$scratch/days.csv.gz" --source plan --dry-run
is "a compressed table is read by its name" "$(count 'corrected 1')" 1
id=$(sed -n 's/^import //p' <<<"$said")
import readingSchedules "$scratch/days.csv.gz" --source plan --resume "$id"
is "what was begun is gone on with" "$status" 0
is "to its end" "$(count '^committed')" 1
import readingSchedules "$scratch/days.csv.gz" --source plan --resume "$id"
is "which is told again" "$(count '^committed')" 1

import readingSchedules "$scratch/days.csv.gz" --source plan \
    --resume 01995f3e-8c57-8b1a-9d2e-5f0c6a7b8d90
is "what was not begun is not there" "$status" 66

# The law is read as a whole, and what it changes is told to whoever asks for approval.
python3 - "$repository/Sources/CAssets/tariffs/tariffs.json" >"$scratch/tariffs.ndjson" <<'PYTHON'
import json, sys, time
with open(sys.argv[1], encoding="utf-8") as file:
    tariffs = json.load(file)
tariffs["note"] = f"The same prices, told at {time.time()}"
print(json.dumps(tariffs, ensure_ascii=False, separators=(",", ":")))
PYTHON
import tariffs "$scratch/tariffs.ndjson" --source legal
is "what waits for approval ends with 75" "$status" 75
is "with how much it changes" "$(count 'law: 1 changes')" 1
is "and what" "$(count '~ /note: .* -> The same prices')" 1

import bills "$scratch/days.ndjson" --source plan --expected-rows=-1
is "what is refused ends with 65" "$status" 65
is "with its field" "$(grep -c '#/expectedRows' "$scratch/told")" 1
import weather "$scratch/days.ndjson" --source plan
is "an unknown kind is a wrong command line" "$status" 64
import readingSchedules "$scratch/nothing" --source plan
is "a file that is not there ends with 1" "$status" 1
CUSTOMER_CARE_SECRET=AAAA import readingSchedules "$scratch/days.ndjson" --source plan
is "a wrong key ends with 77" "$status" 77
CUSTOMER_CARE_KEY_ID="" CUSTOMER_CARE_SECRET="" import bills x --source plan
is "none ends with 1" "$status" 1
is "help helps" "$("$binary" import --help | grep -c 'CUSTOMER_CARE_URL')" 2

finish
