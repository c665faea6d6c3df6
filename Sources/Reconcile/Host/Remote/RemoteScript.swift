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

    /// A script with a new marker.
    init(asksProber: Bool) {
        let word = UInt64.random(in: .min ... .max)
        let other = UInt64.random(in: .min ... .max)
        self.init(marker: "prober-\(word)-\(other)", asksProber: asksProber)
    }

    init(marker: String, asksProber: Bool) {
        self.marker = marker
        self.asksProber = asksProber
    }

    /// The script itself.
    var text: String {
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
        \(asksProber ? Self.prober : "")
        run uname -s
        run uname -n
        run id
        case `uname -s` in
        Linux)
            if run ss -tulpne || run netstat -tulpn || run netstat -tuln; then :; else
                run files /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6
                if have lsof; then run lsof -nP -i; fi
            fi
            run ps -eo pid,user:32,args || run ps -o pid,user,args
            run ip -o addr || run ifconfig -a
            run settings \(Self.settings)
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

    /// A report of its own is all that is wanted; without one the script goes on.
    private static let prober = """
        if have prober; then
            echo "$m begin prober"
            prober host --format json </dev/null 2>/dev/null
            s=$?
            echo
            echo "$m end $s"
            if test $s = 0; then echo "$m over"; exit 0; fi
        fi
        """

    private static let settings = Sysctl.allCases.map(\.path).joined(separator: " ")
}

extension Sysctl {
    /// Where it is below `/proc/sys`.
    var path: String { rawValue.split(separator: ".").joined(separator: "/") }
}
