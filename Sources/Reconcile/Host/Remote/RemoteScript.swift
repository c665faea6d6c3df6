/// The shell script that a remote host runs for us: plain commands, each with its output in a part of
/// its own.
///
/// It goes to the standard input of `sh`, not into arguments, so that the user's login shell has
/// nothing to quote and other users of the host cannot see the marker in a list of processes. It is
/// written for the oldest Bourne shells, which know neither `$(…)` nor `export A=b`.
struct RemoteScript {
    /// A word that nobody on the host can guess, with which the lines between the parts begin.
    let marker: String
    /// Whether a `prober` of the host is asked before any other command.
    let asksProber: Bool
    /// Whether the firewall's rules are listed.
    let readsFirewall: Bool

    /// A script with a new marker.
    init(asksProber: Bool, readsFirewall: Bool) {
        let word = UInt64.random(in: .min ... .max)
        let other = UInt64.random(in: .min ... .max)
        self.init(
            marker: "prober-\(word)-\(other)", asksProber: asksProber,
            readsFirewall: readsFirewall)
    }

    init(marker: String, asksProber: Bool, readsFirewall: Bool = true) {
        self.marker = marker
        self.asksProber = asksProber
        self.readsFirewall = readsFirewall
    }

    /// The script itself.
    var text: String {
        """
        \(prologue)
        \(Self.rules)
        \(asksProber ? prober : "")
        run uname -s
        run uname -n
        run id
        case `uname -s` in
        Linux)
            if run ss -tulpnem || run netstat -tulpn || run netstat -tuln; then :; else
                run files /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6
                if have lsof; then run lsof -nP -i; fi
            fi
            run ps -eo pid,user:32,args || run ps -o pid,user,args
            run ip -o addr || run ifconfig -a
            run settings \(Self.settings)
            run files \(Self.counterFiles)
            \(readsFirewall ? "firewall" : ":")
            ;;
        FreeBSD|DragonFly)
            run sockstat -46l || run netstat -an
            run ps -axo pid,user,args
            run ifconfig -a
            ;;
        OpenBSD)
            run netstat -an
            run fstat
            run ps -axo pid,user,args
            run ifconfig -A
            ;;
        NetBSD)
            run netstat -an
            if have sockstat; then run sockstat -n -l; fi
            run ps -axo pid,user,args
            run ifconfig -a
            ;;
        Darwin)
            run netstat -an
            run lsof -nP -i
            run ps -axo pid,user,args
            run ifconfig -a
            ;;
        HP-UX)
            run netstat -an
            if have lsof; then run lsof -nP -i; fi
            run ps -ef
            ;;
        *)
            run netstat -an
            if have lsof; then run lsof -nP -i; fi
            run ps -eo pid,user,args
            run ifconfig -a
            ;;
        esac
        echo "$m over"

        """
    }

    /// What every script begins with.
    private var prologue: String {
        """
        m='\(marker)'
        LC_ALL=C; export LC_ALL
        PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; export PATH
        have() { type "$1" >/dev/null 2>&1; }
        run() {
            echo "$m begin $*"
            "$@" </dev/null 2>&1
            s=$?
            echo
            echo "$m end $s"
            return $s
        }
        files() { for f in "$@"; do echo "==> $f <=="; cat "$f"; done; }
        settings() {
            for k in "$@"; do
                if test -r "/proc/sys/$k"; then echo "$k = `cat "/proc/sys/$k"`"; fi
            done
            return 0
        }
        """
    }

    /// A script that only reads what `needs` asks for: counters, sockets, the counters of rules.
    func reading(_ needs: HostReading.Needs) -> String {
        let programs = Set(needs.engines.flatMap(\.listings)).sorted()
        let rules = programs.map { program in
            let arguments = program == "nft" ? "-j list ruleset" : "-c"
            return "if have \(program); then rules \(program) \(arguments); fi"
        }
        return
            ([
                prologue, Self.rules, "run files \(Self.counterFiles)",
                needs.includesSockets ? "run ss -tulnem" : ":",
            ] + rules + ["echo \"$m over\"", ""]).joined(separator: "\n")
    }

    private static let counterFiles = "/proc/net/snmp /proc/net/snmp6 /proc/net/netstat"

    /// A report of its own is all that is wanted; without one the script goes on.
    private var prober: String {
        """
        if have prober; then
            echo "$m begin prober"
            prober host --format json\(readsFirewall ? "" : " --no-firewall") </dev/null 2>/dev/null
            s=$?
            echo
            echo "$m end $s"
            if test $s = 0; then echo "$m over"; exit 0; fi
        fi
        """
    }

    /// Listings of rules, whose warnings would make them unreadable, and what else may filter.
    ///
    /// Tools that would load a part of the kernel are asked only where that part is in use.
    private static let rules = """
        rules() {
            echo "$m begin rules $*"
            "$@" </dev/null 2>/dev/null
            s=$?
            if test $s != 0; then "$@" </dev/null 2>&1 >/dev/null; fi
            echo
            echo "$m end $s"
        }
        legacy() {
            test -e "/proc/net/$1" || return 0
            rules cat "/proc/net/$1"
            if test -n "`cat "/proc/net/$1" 2>/dev/null`"; then
                if have "$2"; then rules "$2" -c; else rules "$3" -c; fi
            fi
        }
        firewall() {
            rules nft -j list ruleset
            rules nft list ruleset
            if nft list ruleset 2>/dev/null | grep "tcp reset" >/dev/null; then
                rules nft --debug=netlink list ruleset
            fi
            if have iptables-nft-save; then rules iptables-nft-save -c; fi
            if have ip6tables-nft-save; then rules ip6tables-nft-save -c; fi
            legacy ip_tables_names iptables-legacy-save iptables-save
            legacy ip6_tables_names ip6tables-legacy-save ip6tables-save
            if test -d /sys/module/ip_set && have ipset; then rules ipset save; fi
            rules nft list hooks
            rules ip -j link show
            rules tc -j qdisc show
            rules ip -j rule show
            rules ip xfrm policy
            if test -e /proc/net/ip_vs; then rules cat /proc/net/ip_vs; fi
            if have bpftool; then rules bpftool cgroup tree; fi
        }
        """

    private static let settings = Sysctl.allCases.map(\.path).joined(separator: " ")
}

extension Sysctl {
    /// Where it is below `/proc/sys`.
    var path: String { rawValue.split(separator: ".").joined(separator: "/") }
}
