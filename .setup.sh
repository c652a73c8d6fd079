# Shared by ./streamedge, ./test and ./bench: installs what is missing and builds. Sourced, never run.
# Everything it says goes to stderr, so that the output of the program stays clean.

set -euo pipefail

root=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
configuration=(-c Release)

# A daemon may start us without stdin; the first file opened would then take its place.
[[ -e /dev/fd/0 ]] || exec </dev/null

# Nothing may outlive a build: the compiler server alone would keep 300 MB of the gateway's memory for ten minutes.
# It more than halves the time of a build, so it gets a name of its own by which compile ends it.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 SharedCompilationId=streamedge-$$
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en DOTNET_GENERATE_ASPNET_CERTIFICATE=false
# Plants reach a package mirror, but seldom the certificate authorities; packages are pinned by hash anyway.
export NUGET_CERT_REVOCATION_MODE=${NUGET_CERT_REVOCATION_MODE:-offline}
# The npm package carries Linux x64 only.
[[ $(uname -sm) == 'Linux x86_64' ]] || export OnnxRuntimeSource=${OnnxRuntimeSource:-nuget}

say() { printf '%s\n' "$*" >&2; }

fail() { say "$*"; exit 1; }

# phase TITLE COMMAND...: runs it with its output in a file, shown only if it fails.
phase() {
    local title=$1 start=$EPOCHREALTIME log
    shift
    log=$(mktemp)
    printf '  %-42s' "$title ..." >&2
    # 9 is the lock: a child that outlives us must not keep it.
    if ! "$@" >"$log" 2>&1 9>&-; then
        say 'failed'
        # dotnet prints every error twice, the second time in its summary.
        grep -E ' error |: error' "$log" | sed 's/^ *//' | awk '!seen[$0]++' >&2 || tail -n 40 "$log" >&2
        rm "$log"
        return 1
    fi
    rm "$log"
    awk -v from="$start" -v to="$EPOCHREALTIME" 'BEGIN { printf "%6.1f s\n", to - from }' >&2
}

as_root() {
    if ((EUID == 0)); then "$@"
    elif command -v sudo >/dev/null; then sudo -- "$@"
    else say "This needs root, and sudo is missing: $*"; return 1
    fi
}

# Runs as root. policy-rc.d is Debian's way to say that an installed server must not be started.
apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive bash -euc '
        policy=/usr/sbin/policy-rc.d
        if [[ ! -e $policy ]]; then
            trap "rm -f $policy" EXIT
            printf "#!/bin/sh\nexit 101\n" >$policy
            chmod +x $policy
        fi
        apt-get -o DPkg::Lock::Timeout=1500 update
        apt-get -o DPkg::Lock::Timeout=1500 install -y --no-install-recommends "$@"
        if [[ -d /run/systemd/system ]]; then
            for package in "$@"; do systemctl disable "$package.service" || true; done
        fi' apt_install "$@"
}

# need COMMAND[=PACKAGE]...: installs the Debian packages whose command is missing.
need() {
    local tool missing=()
    for tool in "$@"; do
        PATH=$PATH:/usr/sbin command -v "${tool%=*}" >/dev/null || missing+=("${tool#*=}")
    done
    ((${#missing[@]} == 0)) && return
    command -v apt-get >/dev/null || fail "Please install: ${missing[*]}"
    phase "Installing ${missing[*]}" apt_install "${missing[@]}"
}

# need_library NAME=PACKAGE...: installs the Debian packages whose shared library is missing.
need_library() {
    local library missing=()
    for library in "$@"; do
        PATH=$PATH:/usr/sbin:/sbin ldconfig -p | grep -qF "${library%=*} " || missing+=("${library#*=}")
    done
    ((${#missing[@]} == 0)) && return
    command -v apt-get >/dev/null || fail "Please install: ${missing[*]}"
    phase "Installing ${missing[*]}" apt_install "${missing[@]}"
}

compile() {
    local status=0 file pid
    dotnet build "${configuration[@]}" "$@" || status=$?
    # The brackets keep grep from finding itself.
    for file in $(grep -ls -- "[-]pipename:$SharedCompilationId" /proc/[0-9]*/cmdline); do
        pid=${file#/proc/}
        kill "${pid%/*}" || true
    done
    return $status
}

# up_to_date STAMP FOLDER...: no source is newer than the last good build. A folder is newer when a file was added or removed.
up_to_date() {
    local stamp=$1
    shift
    [[ -f $stamp ]] && [[ -z $(cd "$root" && find "$@" Directory.*.props global.json .editorconfig \
        -name node_modules -prune -o -newer "$stamp" -print -quit) ]]
}

# build WHAT STAMP FOLDER...: builds a project or the solution, once, unless nothing changed. Only one build runs at a time.
build() {
    local what=$1 stamp=$root/artifacts/$2 first
    shift 2
    up_to_date "$stamp" "$@" && return

    command -v dotnet >/dev/null || fail 'The .NET 10 SDK is missing. Install it from https://dot.net/download and try again.'
    mkdir -p "$root/artifacts"
    exec 9>"$root/artifacts/.lock"
    flock --nonblock 9 || { say 'Waiting for another build ...'; flock 9; }
    if up_to_date "$stamp" "$@"; then exec 9>&-; return; fi

    first=$([[ -f $stamp ]] || echo yes)
    [[ -z $first ]] || say 'Setting up StreamEdge (once, a few minutes)'
    [[ -n ${OnnxRuntimeSource:-} ]] || need npm
    need_library libmosquitto.so.1=libmosquitto1
    if [[ -n $first ]]; then
        phase 'Fetching packages' dotnet restore "$root/$what"
        [[ -n ${OnnxRuntimeSource:-} ]] ||
            phase 'Fetching ONNX Runtime (150 MB)' compile "$root/src/OnnxRuntime" --no-restore -t:FetchBinding
    fi
    # The stamp is as old as the start of the build: a file saved meanwhile is built next time.
    touch "$stamp.new"
    phase "$([[ -n $first ]] && echo 'Building' || echo 'StreamEdge changed, building')" \
        compile "$root/$what" -nologo -v:quiet -clp:NoSummary
    mv "$stamp.new" "$stamp"
    exec 9>&-
}

build_program() { build src/Gateway program.stamp src; }

build_all() {
    build StreamEdge.sln all.stamp src tests StreamEdge.sln
    # The solution contains the program.
    cp -p "$root/artifacts/all.stamp" "$root/artifacts/program.stamp"
}
