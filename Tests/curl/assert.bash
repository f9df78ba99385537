# shellcheck shell=bash
# Sourced by the tests beside it: calls by scripts/signed-curl, and expectations that are counted.
# They run against the service of CUSTOMER_CARE_BASE_URL, else the one that `make run` started.

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export CUSTOMER_CARE_DEMO_FILE=${CUSTOMER_CARE_DEMO_FILE:-$repository/.run/demo.json}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0
status=""       # of the latest answer
body=""         # of the latest answer

# read_json EXPRESSION [FILE]: a Python expression over `it`, of the latest body or a file.
read_json() {
    python3 -c '
import json, sys
with open(sys.argv[2], encoding="utf-8") as file:
    it = json.load(file)
value = eval(sys.argv[1], {"it": it})
print(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
' "$1" "${2:-$scratch/body}" 2>"$scratch/error" || echo "no value: $1"
}

base_url=${CUSTOMER_CARE_BASE_URL:-$(read_json 'it["baseUrl"]' "$CUSTOMER_CARE_DEMO_FILE")}

keep_answer() {
    body=$(tr -d '\0' <"$scratch/body" 2>/dev/null)
}

# signed METHOD PATH [BODY]: sets `status` and `body`; the headers are in $scratch/headers.
signed() {
    : >"$scratch/body"
    status=$("$repository/scripts/signed-curl" "$1" "$base_url$2" "${3-}" -- \
        --output "$scratch/body" --dump-header "$scratch/headers" --write-out '%{http_code}')
    keep_answer
}

# unsigned METHOD PATH [CURL-OPTION…]: the same without a signature.
unsigned() {
    local method=$1 path=$2
    shift 2
    : >"$scratch/body"
    status=$(curl --silent --show-error --path-as-is --request "$method" "$@" \
        --output "$scratch/body" --dump-header "$scratch/headers" --write-out '%{http_code}' \
        -- "$base_url$path")
    keep_answer
}

# header NAME: its value in the latest answer.
header() { sed -n "s/^$1: *//Ip" "$scratch/headers" | tr -d '\r' | head -n 1; }

# is NAME ACTUAL EXPECTED
is() {
    if [[ $2 == "$3" ]]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s: %s, expected %s\n     %s\n' "$1" "$2" "$3" "${body:0:400}"
    fi
}

# answers NAME STATUS [CODE]: of the latest answer, with the problem's code.
answers() {
    is "$1" "$status" "$2"
    if [[ -n ${3-} ]]; then
        is "$1 (code)" "$(read_json 'it["code"]')" "$3"
        is "$1 (media type)" "$(header content-type | cut -d ';' -f 1)" application/problem+json
    fi
}

# customer CONDITION FIELD [N]: a field of the N-th demo customer for which it holds.
customer() {
    read_json "[c for c in it['customers'] if ($1)(c)][${3:-0}]['$2']" \
        "$CUSTOMER_CARE_DEMO_FILE"
}

# The customers an account may follow: one billing period, contract in force.
# shellcheck disable=SC2034 # Used by the scripts that source this.
ordinary='lambda c: c["periodsPerMonth"] == 1 and c["contractStatus"] == "active"'

# A Zalo id nobody has used yet.
new_zalo_user() { printf 'curl-%s' "$(openssl rand -hex 8)"; }

finish() {
    printf '%d passed, %d failed\n' "$passed" "$failed"
    ((failed == 0 && passed > 0))
}
