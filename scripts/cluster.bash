# shellcheck shell=bash
# Sourced by the scripts that start something: children that end with the script, and a private
# PostgreSQL cluster. The sourcing script sets `set -euo pipefail` and calls `end_together` first.

heading() { printf '\n==> %s\n' "$*"; }
note() { printf '    %s\n' "$*"; }
die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# --- Children ------------------------------------------------------------------------------------

children=()         # process groups started by this script and not yet waited for
clusters=()         # data folders of the clusters to stop
to_remove=()        # folders to remove in the end
ending_signal=""

# From here on everything this script started is stopped when it ends, for whatever reason.
end_together() {
    trap 'stop_everything' EXIT
    trap 'receive INT' INT
    trap 'receive TERM' TERM
    trap 'receive HUP' HUP
    watch_make
}

# A trap only notes the signal: the builtin `wait` returns at once, and the exit trap cleans up.
receive() {
    ending_signal=${ending_signal:-$1}
    case $1 in
        INT) exit 130 ;;
        TERM) exit 143 ;;
        HUP) exit 129 ;;
    esac
}

# GNU make hands only TERM on to its recipe. On INT and HUP to make alone it puts the default
# action back and waits for a recipe that was never told, so the mask in /proc is looked at.
watch_make() {
    local parent=$PPID me=$$
    [[ $(cat "/proc/$parent/comm" 2>/dev/null) == make ]] || return 0
    (
        trap - EXIT INT TERM HUP
        exec </dev/null >/dev/null 2>&1 9>&-
        local caught before="" never
        exec {never}<> <(:)
        while caught=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$parent/status" 2>/dev/null) &&
            [[ -n $caught ]]; do
            # Bits 0 and 1: HUP and INT.
            caught=$((0x${caught: -1} & 3))
            [[ -z $before || $caught -eq $before ]] || break
            before=$caught
            # A timed-out read instead of `sleep`: no process to leave behind.
            read -rt 0.5 -u "$never" || true
            kill -0 "$me" 2>/dev/null || exit 0
        done
        kill -TERM "$me" 2>/dev/null
    ) &
    make_watcher=$!
}

# start_child COMMAND…: in the background, in a process group of its own; sets `child`.
start_child() {
    setsid "$@" 9>&- &
    child=$!
    children+=("$child")
}

forget_child() {
    local kept=() one
    for one in "${children[@]}"; do
        [[ $one == "$1" ]] || kept+=("$one")
    done
    children=("${kept[@]}")
}

# run_child COMMAND…: like a foreground command, but a signal to this script ends it at once.
run_child() {
    start_child "$@"
    local group=$child status=0
    wait "$group" || status=$?
    forget_child "$group"
    return "$status"
}

# stop_group PID SECONDS: TERM to the group, KILL when it is still there after the time.
stop_group() {
    local tenths=$(($2 * 10))
    kill -TERM -- "-$1" 2>/dev/null || return 0
    while kill -0 -- "-$1" 2>/dev/null && ((tenths-- > 0)); do
        sleep 0.1
    done
    kill -KILL -- "-$1" 2>/dev/null || true
}

stop_everything() {
    local status=$? index
    trap '' INT TERM HUP PIPE
    trap - EXIT
    set +e
    # The service goes before its database: newest first.
    for ((index = ${#children[@]} - 1; index >= 0; index--)); do
        stop_group "${children[index]}" 15
        wait "${children[index]}" 2>/dev/null
    done
    for ((index = 0; index < ${#clusters[@]}; index++)); do
        stop_cluster "${clusters[index]}"
    done
    for ((index = 0; index < ${#to_remove[@]}; index++)); do
        rm -rf -- "${to_remove[index]}"
    done
    [[ -z ${make_watcher-} ]] || kill "$make_watcher" 2>/dev/null
    [[ -z $ending_signal ]] || echo "stopped"
    exit "$status"
}

# --- PostgreSQL ----------------------------------------------------------------------------------

# PostgreSQL refuses to run as root; then it runs as the user that Debian's package makes.
as_postgres() {
    if [[ $EUID -eq 0 ]]; then
        (cd / && exec runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

# postgres_tools [VERSION]: sets `postgres_bin` to that version's tools, else the newest.
postgres_tools() {
    local candidate
    if [[ -n ${1-} ]]; then
        postgres_bin=/usr/lib/postgresql/$1/bin
        [[ -x $postgres_bin/postgres ]] ||
            die "the cluster was made by PostgreSQL $1, which is not installed: remove .postgres"
        return
    fi
    postgres_bin=""
    for candidate in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V); do
        [[ -x $candidate/postgres ]] && postgres_bin=$candidate
    done
    if [[ -z $postgres_bin ]] && command -v pg_config >/dev/null; then
        postgres_bin=$(pg_config --bindir)
    fi
    [[ -x $postgres_bin/postgres ]] || die "no PostgreSQL server found"
    local major
    major=$("$postgres_bin/postgres" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
    ((major >= 15)) || die "PostgreSQL 15 or newer is needed, this is $major"
}

# own_folder FOLDER: gives it to whoever runs PostgreSQL, closed to all others.
own_folder() {
    chmod 0700 "$1"
    [[ $EUID -ne 0 ]] || chown postgres: "$1"
}

# make_cluster DATA: local connections need no password, since only the owner (and root) can
# enter the socket's folder; there is no TCP.
make_cluster() {
    as_postgres "$postgres_bin/initdb" --pgdata="$1" --username=postgres --encoding=UTF8 \
        --locale=C.UTF-8 --lc-collate=C --auth-local=trust --auth-host=reject \
        --no-instructions >/dev/null
}

# A cluster that a killed run left behind is stopped; a pid file whose process is gone, or is
# another program by now, is removed.
clear_stale_cluster() {
    local pid_file=$1/postmaster.pid pid
    [[ -f $pid_file ]] || return 0
    pid=$(head -n 1 "$pid_file")
    if [[ $(cat "/proc/$pid/comm" 2>/dev/null) == postgres &&
        $(readlink "/proc/$pid/cwd") == $(readlink -f "$1") ]]; then
        note "stopping the cluster that an earlier run left behind"
        stop_cluster "$1"
    else
        rm -f "$pid_file"
    fi
}

# start_cluster DATA [SETTING…]: sets `socket_folder`; the cluster stops with the script.
start_cluster() {
    local data=$1 options="" setting
    shift
    # The path of a unix socket may have 107 bytes at most: a short folder.
    socket_folder=$(mktemp -d /tmp/cc.XXXXXX)
    to_remove+=("$socket_folder")
    own_folder "$socket_folder"
    for setting in "unix_socket_directories=$socket_folder" "listen_addresses=" \
        "shared_buffers=128MB" "log_min_messages=warning" "$@"; do
        options+=" -c $setting"
    done
    clusters+=("$data")
    if ! as_postgres "$postgres_bin/pg_ctl" start --pgdata="$data" --wait --silent \
        --timeout=60 --log="$data/server.log" --options="$options" 9>&-; then
        tail -n 20 "$data/server.log" >&2
        die "PostgreSQL did not start"
    fi
}

stop_cluster() {
    [[ -f $1/postmaster.pid ]] || return 0
    as_postgres "$postgres_bin/pg_ctl" stop --pgdata="$1" --mode=fast --wait --silent \
        --timeout=30 9>&- ||
        as_postgres "$postgres_bin/pg_ctl" stop --pgdata="$1" --mode=immediate --silent 9>&-
}

# database_url ROLE DATABASE
database_url() { printf 'postgresql://%s@/%s?host=%s' "$1" "$2" "${socket_folder//\//%2F}"; }

# The owner makes the schema; the service's own role gets only what the migrations grant it.
make_roles() {
    "$postgres_bin/psql" --quiet --no-psqlrc --set=ON_ERROR_STOP=1 \
        "$(database_url postgres postgres)" <<'SQL'
select format('create role %I login %s', name, options)
from (values ('customer_care_owner', 'createdb'), ('customer_care_service', ''))
    as wanted (name, options)
where not exists (select from pg_roles where rolname = name)
\gexec
select 'create database customer_care owner customer_care_owner'
where not exists (select from pg_database where datname = 'customer_care')
\gexec
SQL
}

# start_throwaway_cluster: in a folder that goes with the script; nothing has to survive a crash.
start_throwaway_cluster() {
    local folder
    folder=$(mktemp -d /var/tmp/cc-test.XXXXXX)
    to_remove+=("$folder")
    own_folder "$folder"
    postgres_tools ""
    make_cluster "$folder/data"
    start_cluster "$folder/data" fsync=off synchronous_commit=off full_page_writes=off \
        max_connections=200
    make_roles
}
