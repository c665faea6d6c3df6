/// The shell script that captures on a remote host: it says who and when the host is on standard error,
/// and then writes what `tcpdump` captures to standard output, until its own input ends.
struct RemoteCaptureScript {
    /// A word that nobody on the host can guess, with which our lines begin.
    let marker = "prober-\(UInt64.random(in: .min ... .max))"
    let interface: String
    let filter: String
    /// After how many seconds the host ends it, whatever becomes of us.
    let seconds: Int

    /// After how many packets the host ends it: what it sends us may itself be captured, in a tunnel.
    static let mostPackets = 1_000_000

    /// Whether a word of it may stand between single quotes.
    static func isSafe(_ word: String) -> Bool {
        !word.isEmpty && !word.hasPrefix("-")
            && word.unicodeScalars.allSatisfy { $0.isASCII && $0.value > 0x20 && $0 != "'" }
    }

    /// The script itself.
    var text: String {
        """
        m='\(marker)'
        LC_ALL=C; export LC_ALL
        PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; export PATH
        have() { type "$1" >/dev/null 2>&1; }
        if have tcpdump; then :; else echo "$m none" >&2; exit 127; fi
        echo "$m name `uname -n`" >&2
        echo "$m boot `cat /proc/sys/kernel/random/boot_id 2>/dev/null`" >&2
        { ip -o addr || ifconfig -a; } 2>/dev/null | sed "s/^/$m address /" >&2
        echo "$m time `date +%s`" >&2
        limit=
        if have timeout; then limit='timeout \(seconds)'; fi
        exec 3<&0
        $limit tcpdump -i '\(interface)' -nn -U -s 256 -B 16384 --immediate-mode -c \(Self.mostPackets) -w - '\(filter)' \\
            </dev/null 3<&- &
        p=$!
        { cat <&3 >/dev/null; kill $p; } >/dev/null 2>&1 &
        exec 3<&-
        wait $p
        exit 0

        """
    }
}

/// What the host said of itself before it captured.
struct RemoteCaptureWords {
    var name: String?
    var boot: String?
    /// By its own clock, in whole seconds since 1970.
    var seconds: Int64?
    var addresses: [HostAddress]
    var hasNoTcpdump: Bool
    /// How many packets its capture lost; nil when it did not say so.
    var dropped: UInt64?
    /// What was said last by others than the script.
    var message: String

    init(_ errors: [UInt8], marker: String) {
        var lines: [String: [String]] = [:]
        (hasNoTcpdump, message) = (false, "")
        let text = String(decoding: errors, as: UTF8.self)
        for line in text.split(whereSeparator: \.isNewline) {
            guard line.hasPrefix(marker + " ") else {
                let words = line.split(separator: " ")
                if words.dropFirst().starts(with: ["packets", "dropped", "by", "kernel"])
                    || words.dropFirst().starts(with: ["packet", "dropped", "by", "kernel"])
                {
                    dropped = UInt64(words[0])
                }
                message = String(line)
                continue
            }
            let rest = line.dropFirst(marker.count + 1)
            let key = rest.prefix { $0 != " " }
            lines[String(key), default: []].append(String(rest.dropFirst(key.count + 1)))
        }
        func only(_ key: String) -> String? { lines[key]?.last.flatMap { $0.isEmpty ? nil : $0 } }
        hasNoTcpdump = lines["none"] != nil
        name = only("name")
        boot = only("boot")
        seconds = only("time").flatMap { Int64($0) }.flatMap {
            (0...1 << 40).contains($0) ? $0 : nil
        }
        addresses = InterfaceText.addresses(
            in: (lines["address"] ?? []).joined(separator: "\n"))
    }
}
