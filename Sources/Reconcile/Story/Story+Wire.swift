public import Prober

extension Story {
    /// Adds what the packets tell of the endpoint and of its host, when any were captured.
    public mutating func add(wire groups: [WireGroup]) {
        let own = groups.filter { $0.address == endpoint.address }
        guard !own.isEmpty else { return }
        let host = WireHost(address: endpoint.address, groups: own)
        var sentences = own.filter { $0.transport == endpoint.transport }
            .filter { $0.ports.contains(endpoint.port) }.map { $0.sentence(asked: address) }
        if sentences.isEmpty { sentences = ["No packet of this endpoint was captured."] }
        sentences += host.remarks.map(\.sentence)
        let part = Part(topic: .wire, sentences: sentences, lines: host.table)
        let place = parts.firstIndex { $0.topic.isAfterWire } ?? parts.endIndex
        parts.insert(part, at: place)
    }

    private var address: IPAddress { endpoint.address }
}

extension Story.Topic {
    /// Whether it is told after the packets.
    fileprivate var isAfterWire: Bool {
        switch self {
        case .found, .asked, .answered, .wire: false
        case .received, .rules, .listens, .declared, .likely, .todo, .also: true
        }
    }
}

extension WireGroup {
    /// What was seen of a port of the group, when `address` was asked.
    fileprivate func sentence(asked address: IPAddress) -> String {
        let packet = transport == .tcp ? "SYN" : "datagram"
        let probes = Int(facts.probes).counting(packet)
        guard let answer = facts.answer else {
            return "\(probes) left, and no answer came by."
        }
        let time = roundTrip.map { range in
            range.lowerBound == range.upperBound
                ? " after \(range.lowerBound.milliseconds) ms"
                : " after \(range.lowerBound.milliseconds) to \(range.upperBound.milliseconds) ms"
        }
        let details =
            switch answer.kind {
            case .accept(let accept): "a SYN-ACK (\(accept.text))"
            case .reset: "a reset"
            case .datagram: "a datagram"
            case .icmp(let error, let reporter): "\(error) from \(reporter)"
            }
        return "\(probes) left; \(details) came\(time ?? ""), with hop limit \(answer.hopLimit)."
    }
}

extension TCPAccept {
    fileprivate var text: String {
        let options: [String?] = [
            maximumSegmentSize.map { "segments of \($0)" }, windowScale.map { "scale \($0)" },
            allowsSelectiveAcknowledgement ? "SACK" : nil, hasTimestamps ? "time stamps" : nil,
        ]
        let known = options.compactMap(\.self)
        return "window \(window), "
            + (known.isEmpty ? "no options" : known.joined(separator: ", "))
    }
}

extension Duration {
    fileprivate var milliseconds: String {
        let micros = wholeMicroseconds
        let fraction = String(micros % 1000)
        return "\(micros / 1000)." + String(repeating: "0", count: 3 - fraction.utf8.count)
            + fraction
    }
}
