# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# What ./demo and ./check share: which GIMP this machine's distribution has, its packages, and the
# build in build/.  To be sourced by bash with $root set to the top of the tree.

# Words for people; stdout, so that they keep their order in a log.
say()
{
    printf '%s\n' "$*"
}

# Runs a command as root: as we are, or by sudo (which may ask for a password on a terminal).
as_root()
{
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        say "this needs root, and there is no sudo: $*"
        return 1
    fi
}

can_be_root()
{
    [ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

# Runs a command for at most $1 seconds, without input.  What it started ends with it, also when a trap
# of ours calls stop_limited.
limited()
{
    local status
    timeout -k 10 "$@" </dev/null 3>&- &
    limited_pid=$!
    wait "$limited_pid"
    status=$?
    limited_pid=''
    return "$status"
}

stop_limited()
{
    if [ -n "${limited_pid-}" ]; then
        kill "$limited_pid" 2>/dev/null # timeout passes it on to the whole group
        wait "$limited_pid" 2>/dev/null
    fi
}

# "Debian GNU/Linux 12 (bookworm)", "12", "bookworm".
os_field()
{
    (
        # shellcheck disable=SC1091
        . /etc/os-release 2>/dev/null
        field=$1
        printf '%s' "${!field-}"
    )
}

# The major version of the GIMP to build for: what is installed, else what the distribution offers.
# Prints 2 or 3, or nothing.
gimp_major()
{
    if pkg-config --exists gimp-3.0 2>/dev/null; then
        echo 3
    elif pkg-config --exists gimp-2.0 2>/dev/null; then
        echo 2
    elif apt-cache show libgimp-3.0-dev >/dev/null 2>&1; then
        echo 3
    elif apt-cache show libgimp2.0-dev >/dev/null 2>&1; then
        echo 2
    fi
}

# What it takes to build and to run the plug-in for GIMP $1.
build_packages()
{
    local library=libgimp2.0-dev
    [ "$1" = 3 ] && library=libgimp-3.0-dev
    echo gcc libc6-dev meson ninja-build pkg-config gettext libglib2.0-dev libgegl-dev libbabl-dev \
        libopenblas-dev libjansson-dev libjpeg-dev libpng-dev libtiff-dev libwebp-dev "$library" gimp
}

missing_packages()
{
    local package
    for package; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            printf '%s ' "$package"
    done
}

apt_get()
{
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
        -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

# Unpacks a package into folder $3 without installing it, for what lies in it.  $1 is the log, $2 the package.
unpack_package()
{
    local log=$1 package=$2 folder=$3
    command -v apt-get >/dev/null && mkdir -p "$folder" || return 1
    say "unpacking: $package" | tee -a "$log"
    (
        cd "$folder" && rm -f "$package"_*.deb || exit 1
        apt-get -q download "$package" ||
            { update_lists "$log" && apt-get -q download "$package"; } || exit 1
        dpkg-deb -x "$package"_*.deb . && rm "$package"_*.deb
    ) >>"$log" 2>&1
}

# Fetches apt's lists of packages, once in a run.  $1 is the log.
update_lists()
{
    [ -z "${lists_are_fresh-}" ] || return 0
    say "apt-get update" >>"$1"
    apt_get update >>"$1" 2>&1 || return 1
    lists_are_fresh=1
}

# Installs those of the packages that are missing; apt's lists are fetched only where the old ones do
# not do.  $1 is the log; what went wrong is its end.
install_packages()
{
    local log=$1 missing
    shift
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null || {
        say "there is no apt-get here to install: $missing" >>"$log"
        return 1
    }
    say "installing: ${missing% }" | fold -s -w 100 | tee -a "$log"
    # shellcheck disable=SC2086
    apt_get install --no-install-recommends $missing >>"$log" 2>&1 ||
        { update_lists "$log" &&
            apt_get install --no-install-recommends $missing >>"$log" 2>&1; }
}

# Configures build/ for GIMP $2 if it is not yet, and builds.  $1 is the log; other arguments go to
# meson.  A folder that was configured in another place, or that meson no longer understands, is
# configured anew.  The prefix is GIMP's own: it looks for plug-ins nowhere else.
build_tree()
{
    local log=$1 gimp=$2 build=$root/build
    shift 2
    set -- "-Dgimp$gimp=enabled" "$@"
    if [ -f "$build/build.ninja" ] && configured_here "$build"; then
        configured_with "$build" "$@" || meson configure "$build" "$@" >>"$log" 2>&1 || return 1
    elif [ -d "$build/meson-private" ]; then
        meson setup --wipe "$build" "$root" "$@" >>"$log" 2>&1 || return 1
    else
        meson setup "$build" "$root" --prefix="$(pkg-config --variable=prefix "gimp-$gimp.0")" "$@" \
            >>"$log" 2>&1 || return 1
    fi
    ninja -C "$build" >>"$log" 2>&1
}

configured_here()
{
    meson introspect --projectinfo "$1" >/dev/null 2>&1 &&
        grep -qF "\"source\": \"$root\"" "$1/meson-info/meson-info.json"
}

# Whether build folder $1 has these options already ("-Dname=value" or "--werror").
configured_with()
{
    local build=$1
    shift
    meson introspect --buildoptions "$build" 2>/dev/null | python3 -c '
import json, sys
have = {o["name"]: o["value"] for o in json.load(sys.stdin)}
for word in sys.argv[1:]:
    name, _, value = word.removeprefix("-D").partition("=")
    if word == "--werror":
        name, value = "werror", "true"
    if str(have.get(name)).lower() != value:
        sys.exit(1)
' "$@"
}

# The last lines of a log, for people.
tail_of()
{
    [ -s "$1" ] && tail -n "${2:-15}" "$1" | sed 's/^/    /'
}
