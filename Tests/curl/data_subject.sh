#!/usr/bin/env bash
# A person and the data about them: who follows a code, who has read it, all of it as a file; staff
# who search, and auditors who see that they did.
set -uo pipefail
# shellcheck source=Tests/curl/assert.bash
source "$(dirname "${BASH_SOURCE[0]}")/assert.bash"

code=$(customer "$ordinary" customerCode 7)
phone=$(customer "$ordinary" phone 7)
export CUSTOMER_CARE_CLIENT

# follow: an account that follows the code; its path in $home.
follow() {
    local subscription
    signed PUT /v1/accounts "{\"zaloUserId\":\"$(new_zalo_user)\",
        \"consent\":{\"textVersion\":\"2026-01\"}}"
    home=/v1/accounts/$(read_json 'it["accountId"]')
    signed POST "$home/subscriptions" "{\"customerCodes\":[\"$code\"],
        \"declaration\":{\"confirmed\":true,\"textVersion\":\"2026-01\"}}"
    subscription=$(read_json 'it["items"][0]["subscriptionId"]')
    IDEMPOTENCY_KEY="" signed POST "$home/subscriptions/$subscription/verification" \
        "{\"phone\":\"$phone\"}"
    answers "the code is verified" 200
}

CUSTOMER_CARE_CLIENT=miniapp
follow
other=$home
follow

# --- Staff search, and the person sees it

CUSTOMER_CARE_CLIENT=staff
signed POST /v1/staff/customer-searches "{\"phone\":\"$phone\",\"purpose\":\"khách hỏi nợ\"}"
answers "staff find a customer by its telephone number" 200
is "the one" "$(read_json "[c['customerCode'] for c in it['items']].count('$code')")" 1
signed GET "/v1/staff/billing-gaps?unit=${code:0:6}"
answers "staff see codes without a bill" 200

CUSTOMER_CARE_CLIENT=miniapp
signed GET "$home/data-reads"
answers "the person sees who has read" 200
is "and why" "$(read_json 'it["items"][0]["purpose"]')" "khách hỏi nợ"

# --- Who else follows the code

signed GET "$home/customers/$code/followers"
answers "the person sees who else follows the code" 200
follower=$(read_json '[f for f in it["items"] if not f["isYou"]][0]["followerId"]')
signed DELETE "$home/customers/$code/followers/$follower"
answers "and takes it from them" 204
signed GET "$other/customers/$code"
answers "who see nothing of it any more" 404 not_found

# --- All of it as a file

signed GET "$home/export"
answers "all data come as a file" 200
is "a zip file that is whole" "$(python3 -c '
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    tables = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    codes = [row["customerCode"] for row in json.loads(tables["subscriptions.json"])]
    print(len(tables), codes == [sys.argv[2]], sys.argv[2] in tables["customers.csv"],
          json.loads(tables["consents.json"])[0]["textVersion"])
' "$scratch/body" "$code" 2>&1)" "21 True True 2026-01"

# --- Auditors

CUSTOMER_CARE_CLIENT="admin"
signed GET "/v1/admin/staff-actions?subject=$code"
answers "auditors see that staff have read" 200
is "with the purpose" "$(read_json 'it["items"][0]["purpose"]')" "khách hỏi nợ"
signed GET "/v1/admin/audit-events?customerCode=$code&limit=5"
answers "and what happened about the code" 200
CUSTOMER_CARE_CLIENT=staff
signed GET "/v1/admin/staff-actions"
answers "which staff do not see" 403 forbidden

finish
