#!/usr/bin/env bash
# What must be refused, and how: signatures, scopes, syntax, values, strangers, limits.
set -uo pipefail
# shellcheck source=Tests/curl/assert.bash
source "$(dirname "${BASH_SOURCE[0]}")/assert.bash"

declaration='"declaration":{"confirmed":true,"textVersion":"2026-01"}'
signed PUT /v1/accounts "{\"zaloUserId\":\"$(new_zalo_user)\"}"
answers "an account to begin with" 201
home=/v1/accounts/$(read_json 'it["accountId"]')

# --- Who calls

unsigned GET "$home"
answers "an unsigned call" 401 unauthenticated
is "it is told what to sign" "$(header accept-signature | grep -c '@method')" 1
CUSTOMER_CARE_KEY_ID=unknown CUSTOMER_CARE_SECRET=$(openssl rand -base64 32) \
    signed GET "$home"
answers "an unknown key" 401 unauthenticated
SIGNED_CURL_CREATED=$(($(date +%s) - 301)) signed GET "$home"
answers "a signature older than five minutes" 401 unauthenticated
SIGNED_CURL_CREATED=$(($(date +%s) + 310)) signed GET "$home"
answers "a signature from the future" 401 unauthenticated
user=$(new_zalo_user)
nonce=$(openssl rand -hex 16)
SIGNED_CURL_NONCE=$nonce signed PUT /v1/accounts "{\"zaloUserId\":\"$user\"}"
answers "a nonce's first use" 201
SIGNED_CURL_NONCE=$nonce signed PUT /v1/accounts "{\"zaloUserId\":\"$user\"}"
answers "a nonce's second use" 401 unauthenticated
CUSTOMER_CARE_CLIENT=importer signed GET "$home"
answers "a client without the scope" 403 forbidden

# --- What is asked for

unsigned GET /v1/nothing
answers "an unknown path" 404 not_found
signed DELETE /v1/accounts
answers "a method the path does not know" 405 method_not_allowed
is "it says which it knows" "$(header allow | grep -c PUT)" 1
CONTENT_TYPE=text/plain signed PUT /v1/accounts '{"zaloUserId":"a"}'
answers "another media type" 415 unsupported_media_type
signed PUT /v1/accounts '{"zaloUserId":"a","zaloUserId":"b"}'
answers "a key twice" 400 invalid_json
signed PUT /v1/accounts '{"zaloUserId":'
answers "half a document" 400 invalid_json
signed PUT /v1/accounts '{"zaloUserId":"with blank"}'
answers "a Zalo id of other characters" 422 invalid_request
is "its place is named" "$(read_json 'it["errors"][0]["pointer"]')" "#/zaloUserId"
signed PUT /v1/accounts '{}'
answers "no Zalo id" 422 invalid_request

# --- Subscriptions

IDEMPOTENCY_KEY="" signed POST "$home/subscriptions" \
    "{\"customerCodes\":[\"$(customer "$ordinary" customerCode)\"],$declaration}"
answers "no Idempotency-Key" 400 idempotency_key_missing
export IDEMPOTENCY_KEY
IDEMPOTENCY_KEY=$(openssl rand -hex 16)
signed POST "$home/subscriptions" \
    "{\"customerCodes\":[\"$(customer "$ordinary" customerCode 1)\"],$declaration}"
answers "a key with a body" 202
signed POST "$home/subscriptions" \
    "{\"customerCodes\":[\"$(customer "$ordinary" customerCode 2)\"],$declaration}"
answers "the same key with another body" 422 idempotency_key_reused
unset IDEMPOTENCY_KEY
signed POST "$home/subscriptions" \
    '{"customerCodes":["PB01010000001"],"declaration":{"confirmed":false,"textVersion":"2026-01"}}'
answers "a declaration that is not confirmed" 422 declaration_not_confirmed
signed POST "$home/subscriptions" "{\"customerCodes\":[\"nonsense\"],$declaration}"
answers "a malformed code" 422 invalid_request
is "its place in the list is named" "$(read_json 'it["errors"][0]["pointer"]')" "#/customerCodes/0"
codes=$(read_json '"\",\"".join(c["customerCode"] for c in it["customers"][:11])' \
    "$CUSTOMER_CARE_DEMO_FILE")
signed POST "$home/subscriptions" "{\"customerCodes\":[\"$codes\"],$declaration}"
answers "eleven codes at once" 422 invalid_request
rest=$(read_json '"\",\"".join(
    [c["customerCode"] for c in it["customers"]
     if c["periodsPerMonth"] == 1 and c["contractStatus"] == "active"][3:13])' \
    "$CUSTOMER_CARE_DEMO_FILE")
signed POST "$home/subscriptions" "{\"customerCodes\":[\"$rest\"],$declaration}"
answers "the eleventh live code" 409 subscription_limit_reached
is "the limit is named" "$(read_json 'it["limit"]')" 10

# --- Verification

signed GET "$home/subscriptions"
subscription=$(read_json 'it["items"][0]["subscriptionId"]')
check=$home/subscriptions/$subscription/verification
signed POST "$check" '{"name":"A","phone":"0900000000"}'
answers "two facts at once" 422 invalid_request
for left in 4 3 2 1 0; do
    signed POST "$check" "{\"phone\":\"090000000$left\"}"
    answers "a wrong phone" 422 verification_failed
    is "the attempts left are told" "$(read_json 'it["attemptsLeft"]')" "$left"
done
signed POST "$check" "{\"phone\":\"$(customer "$ordinary" phone 1)\"}"
answers "the right phone after five wrong ones" 429 verification_locked
is "it says when to come back" "$(header retry-after | grep -cE '^[0-9]+$')" 1

# --- Strangers

code=$(customer "$ordinary" customerCode 14)
for path in "" /bills /bills/current /bills/2026-01 /debts; do
    signed GET "$home/customers/$code$path"
    answers "a stranger's code$path" 404 not_found
done
signed GET /v1/accounts/00000000-0000-7000-8000-000000000000
answers "an unknown account" 404 not_found
signed GET "$home/customers/$code/bills/2026-13"
answers "a thirteenth month" 422 invalid_request

finish
