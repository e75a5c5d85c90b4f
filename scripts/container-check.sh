#!/usr/bin/env bash
# Builds the Dockerfile and runs its image, without a Docker engine: buildah and podman, and where the base
# image is not there, one made of debootstrap and a Python of this machine.
#
#   scripts/container-check.sh            needs root; PYTHON=... names the Python for a home-made base
#
# Ends with 0 and "skipped: <reason>" where it cannot run. What a build needs to reach its packages (pip's
# configuration, the machine's certificates) is found and lent to the build, and never ends up in the image.
set -euo pipefail
cd "$(dirname "$0")/.."

image=localhost/fed-by-tweets-check
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

skip() { echo "skipped: $*"; exit 0; }
say() { printf '%6ss  %s\n' "$SECONDS" "$*"; }
fail() { echo "FAILED: $*" >&2; exit 1; }

needs() {
    [ "$(id -u)" = 0 ] || skip "needs root (namespaces, debootstrap)"
    for tool in buildah podman; do
        command -v "$tool" >/dev/null || skip "$tool is not installed"
    done
}

# The Dockerfile's own base where it is stored already, else a home-made one.
base() {
    local wanted home_made=localhost/fed-by-tweets-check-base
    wanted=$(sed -n 's/^ARG BASE=\(..*\)/\1/p' Dockerfile | head -1)
    for candidate in "$wanted" "$home_made"; do
        if podman image exists "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    make_base "$home_made" >&2
    echo "$home_made"
}

# Debian from the mirror apt already uses, and the Python that `$PYTHON` is, laid where python images have it.
make_base() {
    command -v debootstrap >/dev/null || skip "no base image, and debootstrap is not installed to make one"
    local python mirror root="$work/root"
    python=${PYTHON:-$(command -v python3.13 || command -v python3)}
    python=$("$python" -c 'import sys; print(sys.base_prefix, "%d.%d" % sys.version_info[:2])' 2>/dev/null) \
        || skip "no usable Python for a home-made base: set PYTHON"
    read -r home version <<<"$python"
    [ "$home" != /usr ] || skip "the Python at /usr is Debian's own, in pieces; set PYTHON to a self-contained one"
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -1)
    say "a base from debootstrap and Python $version"
    debootstrap --variant=minbase --include=ca-certificates,libbz2-1.0,libexpat1,libffi8,liblzma5,libncursesw6,libreadline8,libsqlite3-0,libssl3,libuuid1,netbase,tzdata,zlib1g \
        bookworm "$root" "$mirror" >"$work/debootstrap.log" 2>&1 || { tail -5 "$work/debootstrap.log" >&2; fail "debootstrap"; }
    mkdir -p "$root/usr/local/bin" "$root/usr/local/lib"
    cp -a "$home/lib/python$version" "$root/usr/local/lib/"
    find "$home/lib" -maxdepth 1 -name 'libpython*.so*' -exec cp -a {} "$root/usr/local/lib/" \;
    cp -L "$home/bin/python$version" "$root/usr/local/bin/"
    ln -s "python$version" "$root/usr/local/bin/python3"
    ln -s "python$version" "$root/usr/local/bin/python"
    rm -rf "$root/usr/local/lib/python$version/"{test,idlelib,config-*} "$root/usr/local/lib/python$version/site-packages/"*
    chroot "$root" sh -c 'ldconfig && python -m ensurepip >/dev/null && ln -sf pip3 /usr/local/bin/pip'
    rm -rf "$root/var/cache/apt/archives/"*.deb
    local container
    container=$(buildah from scratch)
    buildah add --quiet "$container" "$root" / >/dev/null
    buildah config --env PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
    buildah commit --quiet --rm "$container" "$1" >/dev/null
}

# How this machine reaches its packages: certificates and pip's configuration, read-only, for the build only.
lent() {
    local file
    [ ! -d /etc/ssl/certs ] || echo "--volume=/etc/ssl/certs:/etc/ssl/certs:ro"
    [ ! -d /usr/local/share/ca-certificates ] || echo "--volume=/usr/local/share/ca-certificates:/usr/local/share/ca-certificates:ro"
    for file in /etc/pip.conf "$HOME/.config/pip/pip.conf" /etc/uv/uv.toml "$HOME/.config/uv/uv.toml"; do
        [ ! -f "$file" ] || echo "--volume=$file:${file/#"$HOME"/$(echo ~root)}:ro"
    done
    [ ! -f /etc/apt/apt.conf ] || echo "--volume=/etc/apt/apt.conf:/etc/apt/apt.conf:ro"
}

build() {
    local version lend
    version=$(git describe --tags --always --dirty 2>/dev/null || echo unknown)
    mapfile -t lend < <(lent)
    buildah bud --quiet --isolation chroot --pull-never --network host --format docker "${lend[@]}" \
        --build-arg BASE="$1" --build-arg VERSION="$version" \
        --build-arg REVISION="$(git rev-parse HEAD 2>/dev/null || echo unknown)" --tag "$image" . \
        >"$work/build.log" 2>&1 || { tail -30 "$work/build.log" >&2; fail "the image does not build"; }
}

# A container as locked up as on ECS, or more: no rights, nothing writable but /tmp, the size of a task. cgroupfs
# and lower limits than the defaults, since a build machine often grants neither systemd nor the right to raise them.
locked_up() {
    local runtime=()
    # crun refuses hosts that mix both kinds of cgroups; runc takes them all.
    if command -v runc >/dev/null; then runtime=(--runtime runc); fi
    podman "${runtime[@]}" --cgroup-manager cgroupfs run --quiet --network none --read-only --read-only-tmpfs=false \
        --tmpfs /tmp:mode=1777 --cap-drop all --security-opt no-new-privileges --memory 2g --cpus 0.5 \
        --ulimit nofile=1024:1024 --ulimit nproc=1000:1000 "$@"
}

inside() { locked_up --rm "$image" "$@"; }

checks() {
    local seen
    seen=$(inside sh -c 'id -u; touch /app/x 2>/dev/null && echo writable; touch /tmp/x && echo tmp')
    [ "$seen" = $'10001\ntmp' ] || fail "expected uid 10001 and only /tmp writable, got: $seen"
    say "runs as 10001 and writes to /tmp only"
    inside python -c 'import fedbytweets, flows, tasks, prefect, prefect_aws, tweepy, polars, pyarrow.parquet, pyiceberg_core, duckdb' \
        || fail "a package cannot be imported"
    inside prefect flow-run execute --help >/dev/null || fail "prefect's command does not run"
    inside fedbytweets --help >/dev/null || fail "fedbytweets --help"
    say "imports everything; both commands run"
    seen=$(inside sh -c 'find / -xdev -type f -perm /6000 2>/dev/null; true')
    [ -z "$seen" ] || fail "programs that change the user: $seen"
    # The places lent files were mounted at may be there, empty.
    seen=$(locked_up --rm --user 0 "$image" sh -c 'find /etc/pip.conf /etc/uv ~root/.config /build -type f -size +0 2>/dev/null; true')
    [ -z "$seen" ] || fail "the build left something behind: $seen"
}

# SIGTERM reaches a command that would not end by itself, and ends it long before ECS would kill it.
ends_on_sigterm() {
    local container began ready=$1
    shift
    container=$(locked_up --detach "$image" "$@")
    until podman logs "$container" 2>&1 | grep -q "$ready"; do
        [ "$(podman inspect --format '{{.State.Running}}' "$container")" = true ] || fail "'$*' ended before SIGTERM"
        read -rt 0.5 <> <(:) || true
    done
    began=$SECONDS
    podman --cgroup-manager cgroupfs stop --time 60 "$container" >/dev/null 2>&1
    local took=$((SECONDS - began)) code
    code=$(podman inspect --format '{{.State.ExitCode}}' "$container")
    podman logs "$container" 2>&1 | tail -5
    podman rm --force "$container" >/dev/null
    [ "$code" != 137 ] && [ "$took" -lt 30 ] || fail "SIGTERM did not end '$*': exit $code after ${took}s"
    say "SIGTERM ends '$1 ${2:-}' in ${took}s with exit $code"
}

needs
from=$(base)
[ -n "$from" ] || exit 0 # it has said why it is skipped, from a subshell
say "base: $from"
build "$from"
say "built: $(podman image inspect --format '{{.Size}}' "$image" | awk '{printf "%.0f MB", $1 / 1e6}')"
checks
ends_on_sigterm up python -c 'import time; print("up"); time.sleep(600)'
say "the container is sound"
