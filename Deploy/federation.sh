# Read by Deploy/demo: founds, starts and stops nodes below one folder, each a separate process
# with its own data folder, keys and TLS authority. Not run by itself.
#
# Uses: $bin (folder of eccoe and eccoed), $folder (of this federation), broken (says why it ends).

institutions=(uni-a uni-b uni-c)
nodes=(registry "${institutions[@]}")

# at <node> <arguments>...: asks that node's eccoe; one JSON value on standard output.
at() { ask "$@" -o json; }

# journal_of <node> <arguments>...: the same with one JSON value a line, as things happen.
journal_of() { ask "$@" -o jsonl; }

ask() {
    local who="$1"
    shift
    printf 'ECCOE_DATA=%s eccoe %s' "$folder/$who" "$*" >"$folder/last-command"
    ECCOE_DATA="$folder/$who" "$bin/eccoe" "$@" 2>"$folder/last-error" </dev/null
}

# found_node <node> <country> <kind> <name>: keys, configuration and a TLS authority of its own.
found_node() {
    local who="$1" country="$2" kind="$3" name="$4" other allow=()
    # The names end in .example, which no DNS knows: outbound.allow says where they are.
    for other in "${nodes[@]}"; do allow+=(--allow "$other.example=127.0.0.1"); done
    at "$who" init --domain "$who.example" --name "$name" --language en --country "$country" \
        --kind "$kind" --listen 127.0.0.1:0 --tls own --tls-name "$who.example" \
        --tls-name 127.0.0.1 --precedents always --anchor "$folder/anchors/$who" \
        "${allow[@]}" >"$folder/$who.init.json" \
        || broken "eccoe init failed for $who.example"
}

# start_node <node>: returns once it says Ready.
start_node() {
    local who="$1" log="$folder/$1.log" before waited=0
    touch "$log"
    before="$(grep -c 'msg=Ready' "$log" || true)"
    # A session of its own: what interrupts the demo does not reach the daemons.
    setsid "$bin/eccoed" --config "$folder/$who/eccoed.yaml" >>"$log" 2>&1 </dev/null &
    echo $! >"$folder/$who.pid"
    disown
    until [ "$(grep -c 'msg=Ready' "$log")" -gt "$before" ]; do
        sleep 0.1
        waited=$((waited + 1))
        kill -0 "$(cat "$folder/$who.pid")" 2>/dev/null \
            || broken "the node of $who.example ended at its start" "$log"
        [ "$waited" -lt 300 ] || broken "the node of $who.example was not ready in 30 s" "$log"
    done
}

# port_of <node>: the port that it listens on.
port_of() {
    grep 'msg=Ready' "$folder/$1.log" | tail -n 1 | grep -o 'port=[0-9]*' | cut -d = -f 2
}

# is_running <path of the data folder>: by its process id, and never mistaking another process.
is_running() {
    local pid
    pid="$(cat "$1.pid" 2>/dev/null)" || return 1
    tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -- "--config $1/eccoed.yaml"
}

# end_node <path of the data folder> [signal]: ends a daemon; 1 when it had to be killed.
end_node() {
    local pid waited=0
    is_running "$1" || return 0
    pid="$(cat "$1.pid")"
    kill "-${2:-TERM}" "$pid" 2>/dev/null || true
    while is_running "$1"; do
        sleep 0.1
        waited=$((waited + 1))
        if [ "$waited" -ge 200 ]; then
            kill -KILL "$pid" 2>/dev/null || true
            return 1
        fi
    done
}

# end_federation <folder>: ends all daemons of a federation; 1 when one had to be killed.
end_federation() {
    local path status=0
    for path in "$1"/*.pid; do
        [ -e "$path" ] || continue
        end_node "${path%.pid}" || status=1
    done
    return "$status"
}
