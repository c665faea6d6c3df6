/// What a captured packet is to a scan.
package struct WireNote: Hashable, Sendable {
    /// The endpoint of the probe that it belongs to.
    var endpoint: Endpoint
    /// The number of the probe; nil where it is not known which one it is.
    var number: UInt32?
    /// What it is.
    var role: Role

    enum Role: Hashable, Sendable {
        /// A probe, and how many there were with it.
        case probe(attempt: Int)
        /// An answer of this kind.
        case answer(WireAnswer.Kind, ProbeFlow.Role)
        /// An ICMP message that ends nothing.
        case notice(ICMPError, reporter: IPAddress)
        /// Another segment of the connection, from this machine or to it.
        case segment(TCPFlags, isOurs: Bool)
        /// An answer from an address that was not asked.
        case stranger(IPAddress)
        /// A datagram from a port that was not asked, or to one that is a control.
        case aside(isOurs: Bool)
    }
}

extension WireNote {
    /// The note as the comment of a packet in a file.
    var comment: String {
        let place = "\(endpoint.address) \(endpoint.transport.rawValue)/\(endpoint.port)"
        let name = number.map { "probe \($0)" } ?? "a probe"
        switch role {
        case .probe(let attempt):
            let packet = endpoint.transport == .tcp ? "SYN" : "datagram"
            return "\(name): \(packet) to \(place), attempt \(attempt)"
        case .answer(let kind, let role):
            return "answer to \(name) (\(place)): \(kind.name)\(role.remark)"
        case .notice(let error, let reporter):
            return "about \(name) (\(place)): \(error) from \(reporter)"
        case .segment(let flags, let isOurs):
            return "\(name) (\(place)): \(flags.name) from \(isOurs ? "here" : "there")"
        case .stranger(let address):
            return "answer to \(name) (\(place)) from \(address), which was not asked"
        case .aside(let isOurs):
            return isOurs
                ? "datagram of this scan to \(place), which is a control"
                : "datagram to this scan from \(place), a port that was not asked"
        }
    }
}

extension WireAnswer.Kind {
    /// The name of the packet.
    fileprivate var name: String {
        switch self {
        case .accept: "SYN-ACK"
        case .reset: "reset"
        case .datagram: "datagram"
        case .icmp(let error, let reporter): "\(error) from \(reporter)"
        }
    }
}

extension ProbeFlow.Role {
    /// What is to be said behind the name of the packet.
    fileprivate var remark: String {
        switch self {
        case .first(nil): ""
        case .first(let time?): " after \(Self.milliseconds(time)) ms"
        case .further: ", one more"
        case .duplicate: ", a copy of the one before"
        case .repeated: ", sent again"
        case .contradiction: ", against the answer before"
        }
    }

    private static func milliseconds(_ nanoseconds: Int64) -> String {
        let micros = max(0, nanoseconds) / 1000
        let fraction = String(micros % 1000)
        return "\(micros / 1000)." + String(repeating: "0", count: 3 - fraction.utf8.count)
            + fraction
    }
}

extension TCPFlags {
    /// `SYN`, `RST ACK`.
    fileprivate var name: String {
        let names: [(TCPFlags, String)] = [
            (.fin, "FIN"), (.syn, "SYN"), (.reset, "RST"), (.push, "PSH"), (.ack, "ACK"),
        ]
        let set = names.filter { contains($0.0) }.map(\.1)
        return set.isEmpty ? "a segment without flags" : set.joined(separator: " ")
    }
}
