#!/usr/bin/env bash
# The whole journey: account, subscription, verification, bills, debts, tariffs, delete.
set -uo pipefail
# shellcheck source=Tests/curl/assert.bash
source "$(dirname "${BASH_SOURCE[0]}")/assert.bash"

user=$(new_zalo_user)
code=$(customer "$ordinary" customerCode)
phone=$(customer "$ordinary" phone)
declaration='"declaration":{"confirmed":true,"textVersion":"2026-01"}'

# --- Account

signed PUT /v1/accounts "{\"zaloUserId\":\"$user\",\"locale\":\"vi\"}"
answers "a new account is created" 201
account=$(read_json 'it["accountId"]')
is "its address is named" "$(header location)" "/v1/accounts/$account"
signed PUT /v1/accounts "{\"zaloUserId\":\"$user\"}"
answers "the second call finds it" 200
is "with the same id" "$(read_json 'it["accountId"]')" "$account"
signed GET "/v1/accounts/$account"
answers "the account can be read" 200
home=/v1/accounts/$account

# --- Subscription

signed GET "$home/subscriptions"
answers "nothing is followed yet" 200
is "the list is empty" "$(read_json 'it["items"]')" "[]"
export IDEMPOTENCY_KEY
IDEMPOTENCY_KEY=$(openssl rand -hex 16)
# Blanks and small letters are forgiven.
signed POST "$home/subscriptions" "{\"customerCodes\":[\" ${code,,} \"],$declaration}"
answers "the code is accepted, to be verified" 202
subscription=$(read_json 'it["items"][0]["subscriptionId"]')
is "the code is in its form" "$(read_json 'it["items"][0]["customerCode"]')" "$code"
is "it is pending" "$(read_json 'it["items"][0]["state"]')" pending
is "five attempts are left" "$(read_json 'it["items"][0]["verification"]["attemptsLeft"]')" 5
first=$body
signed POST "$home/subscriptions" "{\"customerCodes\":[\" ${code,,} \"],$declaration}"
answers "the same key is answered again" 202
is "with the stored answer" "$body" "$first"
unset IDEMPOTENCY_KEY
signed GET "$home/customers/$code/bills/current"
answers "an unverified code shows nothing" 404 not_found

# --- Verification

# No Idempotency-Key is asked for here.
IDEMPOTENCY_KEY="" signed POST "$home/subscriptions/$subscription/verification" \
    '{"phone":"0900000000"}'
answers "a wrong phone is refused" 422 verification_failed
is "one attempt fewer is left" "$(read_json 'it["attemptsLeft"]')" 4
IDEMPOTENCY_KEY="" signed POST "$home/subscriptions/$subscription/verification" \
    "{\"phone\":\"$phone\"}"
answers "the right phone is accepted" 200
is "the subscription is active" "$(read_json 'it["state"]')" active
is "a phone assures more than a name" "$(read_json 'it["assurance"]')" standard
signed PATCH "$home/subscriptions/$subscription" '{"alias":"Nhà tôi"}'
answers "it takes an alias" 200
is "the alias is kept" "$(read_json 'it["alias"]')" "Nhà tôi"

# --- Profile and bills

signed GET "$home/customers/$code"
answers "the profile can be read" 200
is "the name is masked" "$(read_json '"*" in it["holderName"]')" true
signed GET "$home/customers/$code/bills/current"
answers "this month's bill is answered" 200
is "bill or reason, never both" "$(read_json '(it["bill"] is None) != (it["reason"] is None)')" true
signed GET "$home/customers/$code/bills"
answers "the bills are listed" 200
month=$(read_json 'it["items"][0]["month"]')
is "newest first" "$(read_json \
    '(lambda months: months == sorted(months, reverse=True))([b["month"] for b in it["items"]])')" \
    true
etag=$(header etag)
is "a list has a validator" "${etag:+yes}" yes
status=$("$repository/scripts/signed-curl" GET "$base_url$home/customers/$code/bills" -- \
    --header "If-None-Match: $etag" --output /dev/null --write-out '%{http_code}')
is "an unchanged list is not sent again" "$status" 304
signed GET "$home/customers/$code/bills?limit=2"
answers "a page can be small" 200
is "it has two bills" "$(read_json 'len(it["items"])')" 2
next=$(read_json 'it["next"]')
last=$(read_json 'it["items"][-1]["month"]')
signed GET "$home/customers/$code/bills?limit=2&cursor=$next"
answers "the next page follows" 200
is "it goes on below" "$(read_json "it['items'][0]['month'] < '$last'")" true
signed GET "$home/customers/$code/bills/$month"
answers "a month's bill is answered" 200
is "the lines add up" "$(read_json \
    'sum(l["amount"] for l in it["bill"]["lines"]) == it["bill"]["amountExcludingVAT"]')" true
is "tax and total add up" "$(read_json \
    'it["bill"]["amountExcludingVAT"] + it["bill"]["vat"] == it["bill"]["total"]')" true
signed GET "$home/customers/$code/bills/$month/explanation"
answers "the bill is explained" 200
is "it is what the law says" "$(read_json \
    'it["reconciliation"]["status"]')" match
is "the causes add up to the change" "$(read_json '(lambda c: sum(c[name] for name in
    ("days", "kwh", "tierShift", "price", "vat", "unexplained")) == c["total"])(
    it["change"])')" true
# --- What else can be looked up

signed GET "$home/customers/$code/outages"
answers "the outages are listed" 200
is "none is over" "$(read_json 'all(o["status"] in ("scheduled", "ongoing", "cancelled")
    for o in it["items"]) and len(it["items"]) > 0')" true
is "a cancelled one stays" "$(read_json 'any(o["status"] == "cancelled"
    for o in it["items"])')" true
is "the list says how far it goes" "$(read_json 'it["knownUntil"] > it["from"]')" true
signed GET "$home/customers/$code/outages?from=2026-02-02&to=2026-02-01"
answers "a window backwards is refused" 422 invalid_request
signed GET "$home/customers/$code/reading-schedule"
answers "the reading day is told" 200
is "it has a route book" "$(read_json 'it["reading"]["routeBook"] is not None')" true
signed GET "$home/customers/$code/reactive-bills/current"
answers "reactive power is answered" 200
is "a home pays none" "$(read_json 'it["applicable"]')" false
signed GET "$home/customers/$code/consumption"
answers "what was used is told" 200
is "for twelve months" "$(read_json 'len(it["items"])')" 12

# --- Messages

export IDEMPOTENCY_KEY=""
signed POST "$home/messages" "{\"text\":\"${month#*-}/${month%-*}\"}"
answers "a month is understood" 200
is "as that month's bill" "$(read_json 'it["intent"]')" billOfMonth
is "the text names the code" "$(read_json "'$code' in it['text']")" true
signed POST "$home/messages" '{"text":"lich cup dien"}'
is "menu words without diacritics are understood" "$(read_json 'it["intent"]')" outages
signed POST "$home/messages" '{"text":"13/2021"}'
is "what is no month is answered by help" "$(read_json 'it["intent"]')" help
unset IDEMPOTENCY_KEY

signed GET "$home/customers/$code/bills/2099-01"
answers "a month to come is an answer" 200
is "it says so" "$(read_json 'it["reason"]')" future_month

# --- Debts

signed GET "$home/customers/$code/debts"
answers "the debts of the code are answered" 200
total=$(read_json 'it["total"]')
is "the months add up" "$(read_json \
    'sum(m["remaining"] for m in it["months"]) == it["total"]')" true
signed GET "$home/debts"
answers "the debts of the account are answered" 200
is "one code, the same total" "$(read_json 'it["total"]')" "$total"

# --- Support, unsigned

unsigned GET /v1/support/guides
answers "the guides need no signature" 200
slug=$(read_json 'it["items"][0]["slug"]')
unsigned GET "/v1/support/guides/$slug" --header "Accept-Language: en"
answers "a guide can be read" 200
unsigned GET /v1/support/hotlines
answers "so can the hotlines" 200

# --- Tariffs, unsigned

unsigned GET "/v1/tariffs?on=2026-04-01&purpose=residential"
answers "the prices of a day are public" 200
is "by their decision" "$(read_json 'it["tariff"]["decision"]')" "1279/QĐ-BCT"
calculate() {
    unsigned POST /v1/tariff-calculations --header "Content-Type: application/json" --data "$1"
}
calculate '{"from":"2025-05-01","to":"2025-05-31","kwh":200,"households":1,
    "purpose":"residential","compare":{"households":2}}'
answers "a use is computed" 200
is "over a price change, to the đồng" "$(read_json 'it["total"]')" 469250
is "two households pay less" "$(read_json 'it["comparison"]["differenceVND"] < 0')" true
calculate '{"from":"2026-03-31","to":"2026-03-01","kwh":-1,"households":0}'
answers "what cannot be is refused" 422 invalid_request
is "field by field" "$(read_json 'sorted(e["pointer"] for e in it["errors"])')" \
    '["#/households", "#/kwh", "#/to"]'

# --- The end

signed DELETE "$home/subscriptions/$subscription"
answers "the code is no longer followed" 204
signed GET "$home/customers/$code/bills/$month"
answers "and shows nothing at once" 404 not_found
signed DELETE "$home"
answers "the account is deleted" 204
signed GET "$home"
answers "and is gone" 404 not_found

finish
