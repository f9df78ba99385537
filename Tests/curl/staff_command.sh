#!/usr/bin/env bash
# `customer-care staff`, as somebody at a terminal uses it: a customer is searched, an outage goes
# from draft to its end, a request from the queue to its end, and auditors see who did it.
set -uo pipefail
# shellcheck source=Tests/curl/assert.bash
source "$(dirname "${BASH_SOURCE[0]}")/assert.bash"

binary=${CUSTOMER_CARE_BINARY:-.build/release/customer-care}
export CUSTOMER_CARE_URL=$base_url LC_ALL=C.UTF-8

# key NAME FIELD: of a client of the demo.
key() {
    read_json "[c for c in it['clients'] if c['name'] == '$1'][0]['$2']" "$CUSTOMER_CARE_DEMO_FILE"
}
person="staff"

# staff ARGUMENT…: its exit status in $status, its result in $body, what else it says in $told. The
# key is that of the client $person.
staff() {
    CUSTOMER_CARE_KEY_ID=$(key "$person" keyId) CUSTOMER_CARE_SECRET=$(key "$person" secret) \
        "$binary" staff "$@" --language en >"$scratch/body" 2>"$scratch/told"
    status=$?
    keep_answer
    told=$(<"$scratch/told")
}
# seen PATTERN: lines of the result that match. member NAME: of a record. warned PATTERN.
seen() { grep -c -- "$1" <<<"$body"; }
member() { sed -n "s/^$1  *//p" <<<"$body"; }
warned() { grep -c -- "$1" <<<"$told"; }

code=$(customer "$ordinary" customerCode 8)
phone=$(customer "$ordinary" phone 8)
unit=${code:0:6}
nobody=01995f3e-8c57-8b1a-9d2e-5f0c6a7b8d90
start=$(TZ=UTC-7 date --date '+1 day' +%Y-%m-%d)

# --- Customers, and codes without a bill

staff customers --phone "$phone" --purpose "asks about a bill"
is "a customer is found" "$status" 0
is "with headings" "$(seen '^CUSTOMER CODE  HOLDER NAME')" 1
is "and a row" "$(seen "^$code ")" 1
staff customers --code "$code" --purpose "asks about a bill" --json
is "a script gets one line" "$(wc -l <"$scratch/body")" 1
month=$(read_json 'it["nextReadingDate"][:7]')
staff customers --code "$code" --purpose x
is "too short a purpose is refused" "$status" 65
is "by name" "$(warned '#/purpose too_short: The text is too short.')" 1
staff customers --code "$code" --phone "$phone" --purpose "asks about a bill"
is "two things at once are a wrong command line" "$status" 64
staff customers --name "Không Có Ai" --purpose "asks about a bill"
is "nobody is an answer" "$status:$told" "0:Nothing."

printf '{"kind":"customerCode","value":"%s","month":"%s","readingOn":"%s"}\n' "$code" "$month" \
    "$(TZ=UTC-7 date +%Y-%m-%d)" >"$scratch/days.ndjson"
CUSTOMER_CARE_KEY_ID=$(key importer keyId) CUSTOMER_CARE_SECRET=$(key importer secret) \
    "$binary" import readingSchedules "$scratch/days.ndjson" --source plan >/dev/null 2>&1
staff billing-gaps --unit "$unit" --month "$month" --days 0
is "a code that was read and has no bill is a gap" "$(seen "^$code ")" 1
staff billing-gaps --unit "$unit" --month "$month" --days 0 --limit 1 --json
is "no more rows are read than are wanted" "$(wc -l <"$scratch/body")" 1
staff billing-gaps --unit PB --days 99
is "what is no unit is refused" "$status:$(warned '    unit wrong_format')" 65:1

# --- An outage

staff outages draft --kind planned --place "Phường 1, Tân An" --reason "Bảo trì" \
    --start "$start 08:00" --expected-end "$start 11:00" --scope "customerCode/$code"
is "an outage is drafted" "$status" 0
is "it is told that the notice is short" "$(warned '^WARNING: the notice is shorter')" 1
outage=$(member outageId)
staff outages --limit 1000
is "it stands in the list, with the warning" "$(seen "^$outage .* short_notice$")" 1
staff outages show "$outage"
is "and alone, with its scope" "$(member scopes)" "customerCode/$code"
tag=$(member tag)
staff outages change "$outage" --tag "$tag" --expected-end "$start 12:00"
is "a change keeps what it does not name" "$(member place):$(member expectedEnd)" \
    "Phường 1, Tân An:$start 12:00"
staff outages change "$outage" --tag "$tag" --expected-end "$start 13:00"
is "who has not seen the change is refused" "$status" 75
is "in words" "$(warned 'Look at it again with show')" 1
printf '{"kind":"planned","place":"Tân An","start":"%sT08:00:00+07:00"}' "$start" \
    >"$scratch/draft.json"
staff outages draft --file - <"$scratch/draft.json"
is "a draft from standard input is held to the same" "$status" 65
is "all that is wrong is named" "$(warned '    #/')" 2
staff outages draft --file - --place A
is "a file and options at once are a wrong command line" "$status" 64

CUSTOMER_CARE_CLIENT=miniapp
export CUSTOMER_CARE_CLIENT
signed PUT /v1/accounts "{\"zaloUserId\":\"$(new_zalo_user)\"}"
account=$(read_json 'it["accountId"]')
home=/v1/accounts/$account
signed POST "$home/subscriptions" "{\"customerCodes\":[\"$code\"],
    \"declaration\":{\"confirmed\":true,\"textVersion\":\"2026-01\"}}"
subscription=$(read_json 'it["items"][0]["subscriptionId"]')
IDEMPOTENCY_KEY="" signed POST "$home/subscriptions/$subscription/verification" \
    "{\"phone\":\"$phone\"}"
ours="[o for o in it['items'] if o['outageId'] == '$outage']"
signed GET "$home/customers/$code/outages"
is "nobody sees a draft" "$(read_json "$ours")" "[]"
staff outages publish "$outage"
is "it is published" "$status:$(member publishedAt | cut -c 1-2)" 0:20
signed GET "$home/customers/$code/outages"
is "the customer sees it" "$(read_json "${ours}[0]['status']")" scheduled
staff outages restore "$outage"
is "power is not back before it is gone" "$status:$(warned transition_not_allowed)" 75:1
staff outages cancel "$outage"
is "it is cancelled" "$status:$(member cancelledAt | cut -c 1-2)" 0:20
staff outages show "$nobody"
is "one that is not there ends with 66" "$status" 66
staff outages show '../imports'
is "what is no id reaches no other place" "$status:$(warned 'outage wrong_format')" 65:1
large=$(staff outages --json --limit 1000 && read_json \
    '[o for o in map(__import__("json").loads, it) if o["needsTwoPersons"]][0]["outageId"]' \
    <(python3 -c 'import json, sys; print(json.dumps(sys.stdin.read().splitlines()))' \
        <"$scratch/body"))
staff outages cancel "$large"
is "what reaches many is proposed" "$status:$(member cancelledAt)" "0:-"
is "which is told" "$(warned '^Not done yet: it is proposed')" 1

# --- A request, and the incident that it belongs to

signed POST /v1/service-requests "{\"accountId\":\"$account\",\"service\":\"outage-report\",
    \"customerCode\":\"$code\",\"form\":{\"extent\":\"home\"}}"
request=$(read_json 'it["trackingCode"]')
staff requests --unit "$unit" --service outage-report
is "a report stands in the queue" "$(seen "^$request ")" 1
staff requests --state completed
is "what is done does not" "$status:$(warned 'state not_allowed')" 65:1
staff requests show "$request"
is "who reads it says why" "$status" 64
staff requests show "$request" --purpose "crew is on its way"
is "then it is shown, with its form" "$status:$(member form.extent)" 0:home
tag=$(member tag)
staff requests transition "$request" --tag "$tag" --state processing --internal-note "crew 4"
is "it is taken up" "$status:$(member state)" 0:processing
is "with its history" "$(seen ' processing .* crew 4')" 1
staff requests transition "$request" --tag "$tag" --state completed
is "by somebody who has seen it only" "$status" 75
staff requests show "$request" --purpose "crew is on its way" --json
is "a script finds the tag beside the lines" "$(warned '^tag v')" 1
tag=${told#tag }
staff requests transition "$request" --tag "$tag" --state rejected
is "who is rejected is told why" "$status:$(warned '#/publicNote missing')" 65:1
staff requests transition "$request" --tag "$tag" --state received
is "no step leads back" "$status:$(warned transition_not_allowed)" 75:1

staff incidents --unit "$unit"
incident=$(sed -n "s/^\([0-9a-f-]\{36\}\) .*/\1/p" <<<"$body" | tail -n 1)
staff incidents complete "$incident" --public-note "Đã thay cầu chì"
is "an incident is ended" "$status:$(member state)" 0:completed

# --- Money, imports, messages

staff payment-tasks
is "money that fits nothing is listed" "$status" 0
staff payment-tasks resolve "$nobody" --kind returned --note "sent back"
is "what is not there is not resolved" "$status" 66
staff imports --all
is "imports are listed, the newest first" \
    "$(sed -n '2s/.* \(readingSchedules  *plan  *committed\) .*/\1/p' <<<"$body" | tr -s ' ')" \
    "readingSchedules plan committed"
staff imports
is "none of them waits" "$(seen ' readingSchedules ')" 0
staff imports approve "$nobody" --reason "checked"
is "what is not there is not approved" "$status" 66
staff dead-letters
is "dead letters are listed" "$status" 0
staff dead-letters replay "$nobody" --json
is "what is no dead letter is passed over" "$body" '{"replayed":[]}'
staff templates
is "texts are listed" "$(seen '^chat  *0 .* {text}$')" 1
staff templates preview chat --vi 'A {text}' --en 'B {text}'
is "a text is looked at" "$status:$(member faults)" 0:-
printf '{"vi":"Chào {text}","en":"Hello {text}"}' >"$scratch/text.json"
staff templates propose chat --file "$scratch/text.json"
is "and proposed" "$status:$(member state):$(warned '^Not done yet')" 0:proposed:1
staff templates propose chat --vi 'A' --en 'B {text}'
is "a wrong one is not" "$status:$(warned '#/vi not_allowed')" 65:1

# --- Auditors, and who may not

staff actions
is "staff do not see what staff did" "$status:$(warned '403 forbidden')" 77:1
person="admin"
staff actions --subject "$code" --limit 2
is "auditors do, with the purpose" "$(seen ' staff  *customer_read .* asks about a bill$')" 2
staff actions --subject "$outage" --json
is "of an outage from its draft to its end" "$(wc -l <"$scratch/body")" 4
staff audit-events --code "$code"
is "and who followed the code" "$(seen " miniapp  *subscription_added  *$account\$")" 1
staff outages
is "they do not work as staff" "$status" 77
CUSTOMER_CARE_KEY_ID=nobody CUSTOMER_CARE_SECRET=AAAA \
    "$binary" staff outages >/dev/null 2>"$scratch/told"
is "a wrong key ends with 77" "$?" 77
env --unset CUSTOMER_CARE_KEY_ID "$binary" staff outages >/dev/null 2>"$scratch/told"
is "none ends with 1" "$?" 1

# --- Help

for command in customers billing-gaps "requests list" "requests show" "requests transition" \
    "incidents list" "incidents complete" "outages list" "outages show" "outages draft" \
    "outages change" "outages publish" "outages cancel" "outages restore" "payment-tasks list" \
    "payment-tasks resolve" "imports list" "imports approve" "dead-letters list" \
    "dead-letters replay" "templates list" "templates preview" "templates propose" actions \
    audit-events; do
    read -ra words <<<"$command"
    is "$command has help with an example" \
        "$("$binary" staff "${words[@]}" --help | grep -c '^  customer-care staff')" 1
done
is "the exit codes are told" "$("$binary" staff --help | grep -c 'Ends with 0')" 1

finish
