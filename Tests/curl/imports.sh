#!/usr/bin/env bash
# The billing system's journey: an import with a wrong line, the right one, and the bill of a month.
set -uo pipefail
# shellcheck source=Tests/curl/assert.bash
source "$(dirname "${BASH_SOURCE[0]}")/assert.bash"

# Not the first: that one is for the other journeys.
code=$(customer "$ordinary" customerCode 5)
phone=$(customer "$ordinary" phone 5)
# The next month in Vietnam: nobody has a bill of it.
month=$(TZ=UTC-7 date --date "$(TZ=UTC-7 date +%Y-%m-15) +1 month" +%Y-%m)
as_of=$(date --utc --date '1 minute ago' +%Y-%m-%dT%H:%M:%S.%6NZ)
export CUSTOMER_CARE_CLIENT

# await STATE: asks for the import until it is no longer on its way.
await() {
    local turn
    for ((turn = 0; turn < 100; turn++)); do
        signed GET "$import"
        case $(read_json 'it["state"]') in
        validating | committing | rolling_back) sleep 0.2 ;;
        *) break ;;
        esac
    done
    is "the import is $1" "$(read_json 'it["state"]')" "$1"
}

# --- Begin, and a wrong line

CUSTOMER_CARE_CLIENT=importer
signed POST /v1/imports "{\"kind\":\"bills\",\"source\":\"cmis\",\"asOf\":\"$as_of\",
    \"messages\":\"send\",\"expectedRows\":1}"
answers "an import begins" 201
import=$(header location)
is "it waits for content" "$(read_json 'it["state"]')" awaiting_content
CONTENT_TYPE=application/x-ndjson signed PUT "$import/content" '{"customerCode":"x"}'
answers "content is taken" 202
await invalid
is "the line is named" "$(read_json 'it["faults"][0]["line"]')" 1
signed POST "$import/commit"
answers "what is invalid is not put into use" 409 transition_not_allowed

# --- The right content

{
    printf '{"customerCode":"%s","month":"%s","status":"issued","invoiceId":"99887766",' \
        "$code" "$month"
    printf '"periodStart":"%s-01","periodEnd":"%s-10","consumptionKWh":100,' "$month" "$month"
    printf '"amountExcludingVAT":200000,"vatRatePercent":8,"vat":16000,"total":216000,'
    printf '"issuedOn":"%s-11","dueOn":"%s-18","readings":[{"meterSerialNumber":"1",' \
        "$month" "$month"
    printf '"register":"total","openingReading":0,"closingReading":100,"multiplier":1,'
    printf '"consumptionKWh":100,"isEstimated":false}],"lines":[{"kind":"tier","tier":1,'
    printf '"register":null,"quantityKWh":100,"unitPrice":2000,"amount":200000}]}\n'
} >"$scratch/bills.ndjson"
CONTENT_TYPE=application/x-ndjson signed PUT "$import/content" "@$scratch/bills.ndjson"
answers "other content takes its place" 202
await validated
is "it would bring one bill" "$(read_json 'it["difference"]["new"]')" 1
signed POST "$import/commit"
answers "it is committed" 202
await committed
CONTENT_TYPE=application/x-ndjson signed PUT "$import/content" "@$scratch/bills.ndjson"
answers "the same content again has no effect" 200

# --- What the customer sees

CUSTOMER_CARE_CLIENT=miniapp
signed PUT /v1/accounts "{\"zaloUserId\":\"$(new_zalo_user)\"}"
answers "an account" 201
home=/v1/accounts/$(read_json 'it["accountId"]')
signed POST "$home/subscriptions" "{\"customerCodes\":[\"$code\"],
    \"declaration\":{\"confirmed\":true,\"textVersion\":\"2026-01\"}}"
subscription=$(read_json 'it["items"][0]["subscriptionId"]')
IDEMPOTENCY_KEY="" signed POST "$home/subscriptions/$subscription/verification" \
    "{\"phone\":\"$phone\"}"
answers "the code is verified" 200
signed GET "$home/customers/$code/bills?from=$month&to=$month"
answers "the bill is listed" 200
is "with its total" "$(read_json 'it["items"][0]["total"]')" 216000
signed GET "$home/customers/$code/debts"
is "it is owed" "$(read_json 'it["months"][-1]["remaining"]')" 216000

# --- A correction that should not have been sent is taken back

CUSTOMER_CARE_CLIENT=importer
as_of=$(date --utc --date '30 seconds ago' +%Y-%m-%dT%H:%M:%S.%6NZ)
signed POST /v1/imports "{\"kind\":\"bills\",\"source\":\"cmis\",\"asOf\":\"$as_of\",
    \"messages\":\"none\"}"
answers "an import of a correction begins" 201
first=$import
import=$(header location)
sed 's/"status":"issued"/"status":"corrected","revision":2/; s/200000/300000/g
    s/16000/24000/; s/"total":2[0-9]*/"total":324000/; s/:2000,/:3000,/' \
    "$scratch/bills.ndjson" >"$scratch/corrected.ndjson"
CONTENT_TYPE=application/x-ndjson signed PUT "$import/content" "@$scratch/corrected.ndjson"
answers "the correction is taken" 202
await validated
is "it would correct one bill" "$(read_json 'it["difference"]["corrected"]')" 1
signed POST "$import/rollback"
answers "what is not in use cannot be taken back" 409 transition_not_allowed
signed POST "$import/commit"
await committed
CUSTOMER_CARE_CLIENT=staff
signed POST "/v1/staff${import#/v1}/approval" '{"reason":"giá điện tăng"}'
answers "what is in use needs no approval" 409 transition_not_allowed
CUSTOMER_CARE_CLIENT=miniapp
signed GET "$home/customers/$code/debts"
is "the corrected total is owed" "$(read_json 'it["months"][-1]["remaining"]')" 324000
CUSTOMER_CARE_CLIENT=importer
signed POST "$import/rollback"
answers "it is taken back" 202
await rolled_back
signed POST "$import/rollback"
answers "asking again has no effect" 200
CUSTOMER_CARE_CLIENT=miniapp
signed GET "$home/customers/$code/debts"
is "what was owed before is owed again" "$(read_json 'it["months"][-1]["remaining"]')" 216000
CUSTOMER_CARE_CLIENT=staff
signed POST "$first/rollback"
answers "staff take nothing back" 403 forbidden

# --- What was read of the meter, before there is a bill of it

CUSTOMER_CARE_CLIENT=importer
as_of=$(date --utc +%Y-%m-%dT%H:%M:%S.%6NZ)
signed POST /v1/imports "{\"kind\":\"readings\",\"source\":\"meters\",\"asOf\":\"$as_of\",
    \"messages\":\"none\"}"
answers "an import of readings begins" 201
import=$(header location)
reading="{\"customerCode\":\"$code\",\"month\":\"$month\",\"meterSerialNumber\":\"1\",
    \"register\":\"total\",\"openingReading\":99990,\"closingReading\":40.5,\"multiplier\":1,
    \"consumptionKWh\":50,\"isEstimated\":false,\"meterEvent\":\"turnedOver\",
    \"readOn\":\"$(TZ=UTC-7 date +%Y-%m-%d)\"}"
printf '%s\n' "${reading//$'\n'/}" >"$scratch/readings.ndjson"
sed 's/"meterEvent":"turnedOver",//' "$scratch/readings.ndjson" >"$scratch/wrong.ndjson"
CONTENT_TYPE=application/x-ndjson signed PUT "$import/content" "@$scratch/wrong.ndjson"
answers "a meter that ran backwards is taken" 202
await invalid
is "and named" "$(read_json 'it["faults"][0]["field"]')" '#/closingReading'
CONTENT_TYPE=application/x-ndjson signed PUT "$import/content" "@$scratch/readings.ndjson"
await validated
is "it would bring one reading" "$(read_json 'it["difference"]["new"]')" 1
signed POST "$import/commit"
await committed
CUSTOMER_CARE_CLIENT=miniapp
signed GET "$home/customers/$code/readings?month=$month"
answers "the reading is shown" 200
is "as it was taken" "$(read_json 'it["readings"][0]["closingReading"]')" 40.5

# --- The law, by two persons

signed GET /v1/tariffs
version=$(read_json 'it["tariffVersion"]')
python3 - "$repository/Sources/CAssets/tariffs/tariffs.json" "$as_of" \
    >"$scratch/tariffs.ndjson" <<'PYTHON'
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    tariffs = json.load(file)
tariffs["note"] = "The same prices, told again as of " + sys.argv[2]
print(json.dumps(tariffs, ensure_ascii=False, separators=(",", ":")))
PYTHON
CUSTOMER_CARE_CLIENT=importer
signed POST /v1/imports "{\"kind\":\"tariffs\",\"source\":\"legal\",\"asOf\":\"$as_of\",
    \"messages\":\"none\",\"expectedRows\":1}"
answers "an import of tariffs begins" 201
import=$(header location)
CONTENT_TYPE=application/x-ndjson signed PUT "$import/content" '{"tariffs":[]}'
await invalid
is "what is missing is named" "$(read_json 'it["faults"][0]["field"]')" '#/checkedThrough'
CONTENT_TYPE=application/x-ndjson signed PUT "$import/content" "@$scratch/tariffs.ndjson"
answers "a document is taken" 202
await validated
is "it is the law" "$(read_json 'it["anomalies"][0]["code"]')" law
signed POST "$import/commit"
answers "nobody changes it alone" 409 approval_required
CUSTOMER_CARE_CLIENT=staff
signed GET /v1/staff/imports
is "staff see what it changes" "$(read_json 'len(it["items"][0]["anomalies"][0]["changes"])')" 1
signed POST "/v1/staff${import#/v1}/approval" '{"reason":"đã đối chiếu với quyết định"}'
answers "another person approves it" 200
CUSTOMER_CARE_CLIENT=importer
signed POST "$import/commit"
answers "then it is committed" 202
await committed
for ((turn = 0; turn < 100; turn++)); do
    signed GET /v1/tariffs
    [[ $(read_json 'it["tariffVersion"]') == "$version" ]] || break
    sleep 0.2
done
is "and served within seconds" "$(read_json 'it["tariffVersion"]')" $((version + 1))

# --- Another holder of the contract, as a table

CUSTOMER_CARE_CLIENT=importer
as_of=$(date --utc +%Y-%m-%dT%H:%M:%S.%6NZ)
signed POST /v1/imports "{\"kind\":\"customers\",\"source\":\"cmis\",\"asOf\":\"$as_of\",
    \"messages\":\"none\"}"
answers "an import of customers begins" 201
import=$(header location)
{
    printf 'customerCode;holderName;address;usagePurpose;contractStatus;unitCode\r\n'
    printf '%s;"Trần Thị ""Bé""";"1; Lê Lợi";residential;active;%s\r\n' "$code" "${code:0:6}"
} >"$scratch/customers.csv"
CONTENT_TYPE=text/csv signed PUT "$import/content" "@$scratch/customers.csv"
answers "a table is taken" 202
await validated
is "it would change one customer" "$(read_json 'it["difference"]["corrected"]')" 1
signed POST "$import/commit"
await committed
CUSTOMER_CARE_CLIENT=miniapp
signed GET "$home/customers/$code/debts"
answers "whoever followed the code sees nothing of it" 404 not_found
signed GET "$home/subscriptions"
is "and must be verified again" "$(read_json 'it["items"][0]["state"]')" reverification_required

finish
