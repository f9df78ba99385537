# shellcheck shell=bash
# Sourced after cluster.bash: from a built binary and a running database to an answering service.

# port_is_free PORT: whether a listener could be bound to it now.
port_is_free() {
    python3 - "$1" <<'PYTHON'
import socket, sys
with socket.socket() as listener:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", int(sys.argv[1])))
    except (OSError, OverflowError, ValueError):
        sys.exit(1)
PYTHON
}

# free_ports COUNT: so many ports that nobody listens on, in one line.
free_ports() {
    python3 - "$1" <<'PYTHON'
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for one in sockets:
    one.bind(("127.0.0.1", 0))
print(*(one.getsockname()[1] for one in sockets))
PYTHON
}

# make_master_key FILE: 32 random bytes, made once and never shown.
make_master_key() {
    [[ -s $1 ]] || (umask 077 && openssl rand -base64 -out "$1" 32)
}

# The environment of every command of the service; the database's URLs come from the caller.
export_service_environment() { # PORT ADMIN_PORT MASTER_KEY_FILE
    export CUSTOMER_CARE_PORT=$1 CUSTOMER_CARE_ADMIN_PORT=$2 CUSTOMER_CARE_MASTER_KEY_FILE=$3
    export CUSTOMER_CARE_BIND_ADDRESS=${CUSTOMER_CARE_BIND_ADDRESS:-127.0.0.1}
    local origins="http://127.0.0.1:$1,http://localhost:$1"
    export CUSTOMER_CARE_ORIGINS=${CUSTOMER_CARE_ORIGINS:-$origins}
}

# await_readiness ADMIN_PORT PID SECONDS
await_readiness() {
    local tenths=$(($3 * 10))
    until curl --silent --fail --max-time 2 --output /dev/null "http://127.0.0.1:$1/readyz"; do
        kill -0 "$2" 2>/dev/null || return 1
        ((tenths-- > 0)) || return 1
        sleep 0.1
    done
}
