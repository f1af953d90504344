# Read by the scripts of this folder (`. Deploy/prerequisites.sh`, from the repository's root, under
# `set -euo pipefail`): tells progress and installs what a fresh Debian lacks. Not run by itself.

# Where tools and their logs go; ignored by git, safe to delete.
tools="$PWD/.build-tools"
# Of every debug build and test run: unoptimised BoringSSL is six times slower, lld links faster.
swift_flags=(-Xcc -O2 -Xswiftc -use-ld=lld)
# Logs are UTF-8, whatever the caller's locale is.
export LC_ALL=C.UTF-8
# A crash must not wait for somebody to talk to its backtracer.
export SWIFT_BACKTRACE=enable=no

# What Swift's Foundation, GRDB and the tests stand on, each with the reason that is told.
required_packages=(
    "ca-certificates: to trust the system's certificate authorities"
    "curl: to ask the servers under test over HTTP"
    "libcurl4-openssl-dev: Foundation's networking links it"
    "libsqlite3-dev: the store's SQLite"
    "libssl-dev: TLS headers and libraries"
    "libxml2-dev: reads and checks XML of other catalogues"
    "openssl: to make certificates for trials"
    "zlib1g-dev: decompresses what is pushed to a mirror"
)
fault_packages=(
    "faketime: shows eccoe doctor another date in the tests"
    "iproute2: gives each of five nodes a network of its own in the tests"
    "openssh-client: holds keys in an agent in the tests"
    "strace: lets system calls fail under the daemon in the tests"
)
go_packages=(
    "golang-go: compiles the second opinion on our logs"
    "golang-golang-x-mod-dev: golang.org/x/mod, that second opinion's library"
)
python_packages=(
    "python3: runs the second opinions on JSON and TUF"
    "python3-venv: keeps their packages in a folder of their own"
)

# aics_environment: a virtual environment with aics-tlog and aics-witness, which ask for Python 3.12.
aics_environment() {
    local python="$tools/aics/bin/python" candidate
    if ! "$python" -c 'import aics_tlog, aics_witness' 2>/dev/null; then
        for candidate in "${ECCOE_PYTHON3:-}" python3.14 python3.13 python3.12 python3 \
            "$HOME"/.pyenv/versions/3.1[2-9].*/bin/python; do
            "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' \
                2>/dev/null && break
            candidate=""
        done
        [ -n "$candidate" ] || return 1
        "$candidate" -m venv --clear "$tools/aics" >"$tools/aics.log" 2>&1 \
            && "$python" -m pip install --quiet --disable-pip-version-check --timeout 15 \
                --retries 1 --upgrade aics-tlog aics-witness >>"$tools/aics.log" 2>&1 </dev/null \
            || return 1
    fi
    export ECCOE_AICS_PYTHON="$python"
    say "$("$python" -m pip list --disable-pip-version-check 2>/dev/null \
        | awk '/^aics-/ { printf "%s %s  ", $1, $2 }')"
}

step_number=0
step_started=$SECONDS

# step <what>: closes the step before with its time and opens the next.
step() {
    finish_step
    step_number=$((step_number + 1))
    step_started=$SECONDS
    printf '\n[%d] %s\n' "$step_number" "$1"
}

finish_step() {
    if [ "$step_number" -gt 0 ]; then
        printf '    step %d took %d s\n' "$step_number" "$((SECONDS - step_started))"
    fi
}

say() { printf '    %s\n' "$1"; }

# fail <what> <remedy>
fail() {
    printf '%s: %s\n  try: %s\n' "${0##*/}" "$1" "$2" >&2
    exit 1
}

# with_progress <log> <command>...: runs a command with its output in a file, tells every half a
# minute how far it is, and returns its exit status.
with_progress() {
    local log="$1" started=$SECONDS told=$SECONDS status=0
    shift
    mkdir -p "$(dirname "$log")"
    "$@" >"$log" 2>&1 </dev/null &
    local child=$! before
    # A script that is stopped takes its child along; its own trap is put back afterwards.
    before=$(trap -p EXIT)
    trap 'kill "$child" 2>/dev/null || true' EXIT
    while kill -0 "$child" 2>/dev/null; do
        sleep 1
        if [ $((SECONDS - told)) -ge 30 ]; then
            told=$SECONDS
            say "... $((SECONDS - started)) s: $(tail -c 2000 "$log" | tr '\r' '\n' | grep -av '^ *$' | tail -n 1 | cut -c 1-100)"
        fi
    done
    wait "$child" || status=$?
    trap - EXIT
    eval "$before"
    return "$status"
}

is_installed() {
    dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive TMPDIR=/var/tmp "$@"
    else
        sudo -n env DEBIAN_FRONTEND=noninteractive TMPDIR=/var/tmp "$@"
    fi
}

apt_install() {
    as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends "$@"
}

# install_packages "<package>: <why>"...: installs from Debian what is not there yet; fails when
# that cannot be done. Touches nothing when all is there.
install_packages() {
    local missing=() entry
    for entry in "$@"; do
        if ! is_installed "${entry%%:*}"; then
            missing+=("${entry%%:*}")
            say "missing $entry"
        fi
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    say "installing ${missing[*]}"
    # Once more on failure: package mirrors hiccup.
    with_progress "$tools/apt.log" apt_install "${missing[@]}" \
        || with_progress "$tools/apt.log" apt_install "${missing[@]}" \
        || return 1
}

require_packages() {
    if ! command -v dpkg-query >/dev/null; then
        say "not Debian: nothing is installed; needed are ${required_packages[*]%%:*}"
        return 0
    fi
    install_packages "${required_packages[@]}" || {
        tail -n 20 "$tools/apt.log" >&2
        fail "Debian packages could not be installed (log: $tools/apt.log)" \
            "apt-get install ${required_packages[*]%%:*}"
    }
}

require_swift() {
    command -v swift >/dev/null \
        || fail "there is no swift in the PATH" "install Swift 6.3 or later and add its usr/bin"
    say "$(swift --version 2>&1 | grep -o 'Swift version [^ ]*' | head -n 1)"
}
