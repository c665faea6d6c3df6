# shellcheck shell=bash
# Shared by the scripts beside this folder: system packages and the Swift toolchain.
# The caller sets `set -euo pipefail`.

# What `swift build` needs of the system: headers and a linker, git for dependencies, libpcap, and
# /etc/services (netbase), from which ports have their names.
build_packages=(g++ git ca-certificates pkg-config libpcap-dev netbase)

# say TEXT: to people, never into a result.
say() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
}

# missing_packages PACKAGE...: prints those that are not installed.
missing_packages() {
    local package
    for package in "$@"; do
        case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true) in
            installed) ;;
            *) printf '%s\n' "$package" ;;
        esac
    done
}

# need_packages PACKAGE...: installs what is missing, or says what to ask an administrator for.
need_packages() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "this is no Debian; make sure that these are installed, by whatever names: $*"
        return
    fi
    local missing
    mapfile -t missing < <(missing_packages "$@")
    [ "${#missing[@]}" -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        say "some system packages are missing, and only an administrator can install them. Ask for:"
        printf '  apt-get install --no-install-recommends %s\n' "${missing[*]}" >&2
        exit 2
    fi
    say "installing ${missing[*]}"
    local log
    log=$(mktemp)
    if ! install_packages "${missing[@]}" >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        say "could not install ${missing[*]}; what apt-get said is above"
        exit 2
    fi
    rm -f "$log"
}

install_packages() {
    export DEBIAN_FRONTEND=noninteractive
    # Others may be installing: wait for them. Lists that are missing or old are fetched first.
    apt-get -o DPkg::Lock::Timeout=300 update &&
        apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"
}

# need_daemons PACKAGE...: need_packages, but nothing of what is new starts, now or at boot.
need_daemons() (
    local missing state
    mapfile -t missing < <(missing_packages "$@")
    [ "${#missing[@]}" -gt 0 ] || exit 0
    [ "$(id -u)" = 0 ] || need_packages "$@"
    state=$(mktemp -d)
    installed_packages >"$state/packages"
    boot_links >"$state/links"
    trap 'keep_stopped "$state"' EXIT
    forbid_starting yes
    need_packages "$@"
)

# keep_stopped FOLDER: takes back what was begun, however the installation ended.
keep_stopped() {
    forbid_starting no
    boot_links | comm -13 "$1/links" - | remove_boot_links
    installed_packages | comm -13 "$1/packages" - >"$1/new"
    stop_listeners "$1/new"
    rm -rf "$1"
}

# forbid_starting yes|no: whether packages may start services (policy-rc.d of init-system-helpers).
#
# What was there before comes back, even after an installation that was killed.
forbid_starting() {
    local policy=/usr/sbin/policy-rc.d kept=/usr/sbin/policy-rc.d.before-prober
    if [ "$1" = yes ]; then
        forbid_starting no
        if [ -e "$policy" ]; then mv "$policy" "$kept"; fi
        # The second line is how it is known again.
        printf '#!/bin/sh\n# prober\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    elif [ -e "$kept" ]; then
        mv "$kept" "$policy"
    elif grep -qsx '# prober' "$policy"; then
        rm "$policy"
    fi
}

installed_packages() { dpkg-query -W -f '${Package}\n' | sort; }

# boot_links: what starts something at boot, for systemd and for System V.
boot_links() { find /etc/systemd/system /etc/rc?.d -type l ! -name 'K*' 2>/dev/null | sort; }

# remove_boot_links: takes away those that it reads.
remove_boot_links() {
    local link name
    while read -r link; do
        case $link in
            /etc/rc*)
                name=${link##*/S[0-9][0-9]}
                # The first of its links takes the others with it.
                [ ! -L "$link" ] || update-rc.d "$name" disable >/dev/null 2>&1
                ;;
            *) rm -f "$link" ;;
        esac
    done
}

# stop_listeners FILE: stops what listens in this network namespace and is of a package in FILE.
stop_listeners() {
    local pid program package
    for pid in $(ss -Htulnp | grep -o 'pid=[0-9]*' | cut -d= -f2 | sort -u); do
        program=$(readlink "/proc/$pid/exe") || continue
        package=$(dpkg-query -S "$program" 2>/dev/null | cut -d: -f1) || continue
        if grep -qxF "$package" "$1"; then
            say "stopping $program, which its package $package started"
            kill "$pid" || true
        fi
    done
}

# need_swift: Swift 6.2 or newer, or a sentence and status 2.
need_swift() {
    local version
    if ! command -v swift >/dev/null; then
        say "Swift is missing. Get 6.2 or newer from https://www.swift.org/install/linux/"
        exit 2
    fi
    # Kept whole: closing a pipe early would end swift with an error.
    version=$(swift --version 2>/dev/null) || version=
    if ! [[ $version =~ Swift\ version\ ([0-9]+)\.([0-9]+) ]]; then
        say "\`swift --version\` does not run here. Get Swift from https://www.swift.org/install/linux/"
        exit 2
    fi
    local major=${BASH_REMATCH[1]} minor=${BASH_REMATCH[2]}
    if ((major < 6 || (major == 6 && minor < 2))); then
        say "Swift $major.$minor is too old. Get 6.2 or newer from https://www.swift.org/install/linux/"
        exit 2
    fi
}
