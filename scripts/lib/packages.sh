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
