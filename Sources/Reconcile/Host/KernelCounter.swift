/// Something that Linux counts for a network namespace, by the name that `nstat(8)` gives it.
///
/// The counts tell what became of packets that arrived, and of each only that one of many came to
/// this end: a receipt is how much two readings differ. Those of TCP are for both families.
public enum KernelCounter: String, Hashable, Sendable, CaseIterable {
    /// IPv4 packets that arrived, whatever became of them.
    case ipReceived = "IpInReceives"
    /// IPv4 packets that reached their protocol, past all rules of the firewall.
    case ipDelivered = "IpInDelivers"
    /// IPv4 packets that arrived well and were dropped all the same.
    case ipDiscarded = "IpInDiscards"
    /// The same for IPv6.
    case ip6Received = "Ip6InReceives"
    case ip6Delivered = "Ip6InDelivers"
    case ip6Discarded = "Ip6InDiscards"
    /// Datagrams over IPv4 that a program has read; one that still waits is not counted yet.
    case udpRead = "UdpInDatagrams"
    /// Datagrams over IPv4 that arrived at a port where nothing listens.
    case udpNoPort = "UdpNoPorts"
    /// Datagrams over IPv4 that reached a socket and were not kept, for whatever reason.
    case udpErrors = "UdpInErrors"
    /// Of those, the ones for which the socket's buffer was full.
    case udpBufferFull = "UdpRcvbufErrors"
    /// Of those, the ones for which UDP as a whole had no memory left.
    case udpMemoryFull = "UdpMemErrors"
    /// Of those, the ones with a wrong checksum.
    case udpChecksum = "UdpInCsumErrors"
    /// The same for datagrams over IPv6.
    case udp6Read = "Udp6InDatagrams"
    case udp6NoPort = "Udp6NoPorts"
    case udp6Errors = "Udp6InErrors"
    case udp6BufferFull = "Udp6RcvbufErrors"
    case udp6MemoryFull = "Udp6MemErrors"
    case udp6Checksum = "Udp6InCsumErrors"
    /// Segments that arrived.
    case tcpReceived = "TcpInSegs"
    /// Connections that came in as far as the second segment of the handshake, or the third where
    /// cookies are used.
    case tcpPassiveOpens = "TcpPassiveOpens"
    /// Resets that were sent: the kernel's own, and those of programs that leave data unread.
    case tcpResets = "TcpOutRsts"
    /// Connections that a full accept queue kept out.
    case listenOverflows = "TcpExtListenOverflows"
    /// Connections that a listener dropped, for that reason or another.
    case listenDrops = "TcpExtListenDrops"
    /// First segments dropped because too many handshakes were under way.
    case handshakesFull = "TcpExtTCPReqQFullDrop"
    /// First segments answered with a cookie for that reason.
    case handshakeCookies = "TcpExtTCPReqQFullDoCookies"
    /// Packets dropped because their source is not reached through where they came in.
    case reversePathFiltered = "TcpExtIPReversePathFilter"
    /// Errors "destination unreachable" over IPv4 that were sent, `reject` of a firewall included.
    case icmpUnreachable = "IcmpOutDestUnreachs"
    /// ICMP errors over IPv4 that were not sent: over the limit for all peers together.
    case icmpLimited = "IcmpOutRateLimitGlobal"
    /// The same: over the limit for one peer.
    case icmpLimitedForPeer = "IcmpOutRateLimitHost"
    /// The same three for IPv6.
    case icmp6Unreachable = "Icmp6OutDestUnreachs"
    case icmp6Limited = "Icmp6OutRateLimitGlobal"
    case icmp6LimitedForPeer = "Icmp6OutRateLimitHost"

    /// The counter that the kernel calls `name` in the lines that begin with `prefix`.
    init?(prefix: some StringProtocol, name: some StringProtocol) {
        self.init(rawValue: "\(prefix)\(name)")
    }
}

/// What the kernel had counted for one network namespace when the report was made.
public struct KernelCounters: Hashable, Sendable {
    /// The namespace, as ``HostNamespace/name`` has it; nil for the one the report was made in.
    public var namespace: String?
    /// The counts since the namespace was made; what this kernel does not count is not in it.
    public var values: [KernelCounter: UInt64]

    /// Counts of a namespace.
    public init(namespace: String? = nil, _ values: [KernelCounter: UInt64]) {
        self.namespace = namespace
        self.values = values
    }
}

extension KernelCounters {
    /// The counts in the text of `/proc/net/snmp`, `/proc/net/snmp6` or `/proc/net/netstat`.
    static func values(in text: String) -> [KernelCounter: UInt64] {
        var reader = KernelCounterLines()
        for line in text.split(whereSeparator: \.isNewline) {
            _ = reader.read(line.split(whereSeparator: \.isWhitespace))
        }
        return reader.values
    }
}

/// Takes the lines of the files in which Linux shows its counters.
struct KernelCounterLines {
    private(set) var values: [KernelCounter: UInt64] = [:]
    /// The names of the last line of names, behind the word that it begins with.
    private var names: (prefix: Substring, names: [Substring])?

    /// As many words as the longest line has, thrice.
    private static let wordLimit = 512

    /// Takes the line of `words`; false when it is none of these files.
    ///
    /// `Udp: InDatagrams NoPorts …` and then `Udp: 12 0 …`, or `Udp6InDatagrams 12`.
    mutating func read(_ words: [Substring]) -> Bool {
        guard let first = words.first, words.count >= 2, words.count <= Self.wordLimit else {
            return false
        }
        if first.last == ":" {
            let prefix = first.dropLast()
            guard Self.prefixes.contains(prefix) else { return false }
            let rest = words.dropFirst()
            if let names, names.prefix == prefix, names.names.count == rest.count {
                for (name, word) in zip(names.names, rest) {
                    // One may be -1: that there is no limit of connections.
                    guard let counter = KernelCounter(prefix: prefix, name: name),
                        let value = UInt64(word)
                    else { continue }
                    values[counter] = value
                }
                self.names = nil
                return true
            }
            guard rest.allSatisfy({ $0.first?.isLetter ?? false }) else { return false }
            names = (prefix, Array(rest))
            return true
        }
        guard words.count == 2, let value = UInt64(words[1]),
            Self.prefixes6.contains(where: first.hasPrefix)
        else { return false }
        if let counter = KernelCounter(rawValue: String(first)) { values[counter] = value }
        return true
    }

    private static let prefixes: Set<Substring> = [
        "Ip", "Icmp", "IcmpMsg", "Tcp", "Udp", "UdpLite", "TcpExt", "IpExt", "MPTcpExt",
    ]
    private static let prefixes6 = ["Ip6", "Icmp6", "Udp6", "UdpLite6"]
}
