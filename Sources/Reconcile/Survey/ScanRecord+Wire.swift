import Prober

extension JSONLine {
    /// Writes what was seen on the wire of ports that are alike.
    mutating func wire(_ group: WireGroup) {
        text("type", "wire")
        text("address", group.address.description)
        text("transport", group.transport.rawValue)
        text("ports", group.ports.description)
        number("count", group.ports.count)
        number("probes", group.facts.probes)
        if let answer = group.facts.answer { wire("answer", answer) }
        if let roundTrip = group.roundTrip {
            number("rtt_min_us", roundTrip.lowerBound.wholeMicroseconds)
            number("rtt_max_us", roundTrip.upperBound.wholeMicroseconds)
        }
        if let answer = group.facts.contradiction { wire("contradiction", answer) }
        if group.facts.duplicates > 0 { number("duplicates", group.facts.duplicates) }
        if group.facts.repeatedAccepts > 0 {
            number("repeated_accepts", group.facts.repeatedAccepts)
        }
        if let stranger = group.facts.stranger { text("stranger", stranger.description) }
    }

    /// Writes how a capture went.
    mutating func capture(_ facts: CaptureFacts) {
        text("type", "capture")
        text("interface", facts.interface)
        number("received", facts.counts.received)
        number("dropped", facts.counts.dropped)
        number("dropped_by_interface", facts.counts.droppedByInterface)
        number("matched", facts.matched)
        if facts.unkept > 0 { number("unkept", facts.unkept) }
        if !facts.strangers.isEmpty { texts("strangers", facts.strangers.map(\.description)) }
    }

    private mutating func wire(_ key: String, _ answer: WireAnswer) {
        object(key) { value in
            switch answer.kind {
            case .accept(let accept):
                value.text("kind", "syn-ack")
                value.number("hop_limit", answer.hopLimit)
                value.number("window", accept.window)
                if let size = accept.maximumSegmentSize { value.number("mss", size) }
                if let scale = accept.windowScale { value.number("window_scale", scale) }
                value.flag("sack", accept.allowsSelectiveAcknowledgement)
                value.flag("timestamps", accept.hasTimestamps)
            case .reset:
                value.text("kind", "reset")
                value.number("hop_limit", answer.hopLimit)
            case .datagram:
                value.text("kind", "datagram")
                value.number("hop_limit", answer.hopLimit)
            case .icmp(let error, let reporter):
                value.text("kind", "icmp")
                value.number("hop_limit", answer.hopLimit)
                value.number("icmp_type", error.type)
                value.number("icmp_code", error.code)
                value.text("reporter", reporter.description)
            }
        }
    }
}

/// What was seen on the wire, as it is written.
struct WireGroupText: Decodable {
    private var address: String
    private var transport: String
    private var ports: String
    private var count: Int
    private var probes: UInt16
    private var answer: Answer?
    private var contradiction: Answer?
    private var shortest: UInt32?
    private var longest: UInt32?
    private var duplicates: UInt8?
    private var repeatedAccepts: UInt8?
    private var stranger: String?

    private enum CodingKeys: String, CodingKey {
        case address, transport, ports, count, probes, answer, contradiction, duplicates, stranger
        case shortest = "rtt_min_us"
        case longest = "rtt_max_us"
        case repeatedAccepts = "repeated_accepts"
    }

    private struct Answer: Decodable {
        var kind: String
        var hopLimit: UInt8
        var window: UInt16?
        var mss: UInt16?
        var windowScale: UInt8?
        var sack: Bool?
        var timestamps: Bool?
        var icmpType: UInt8?
        var icmpCode: UInt8?
        var reporter: String?

        private enum CodingKeys: String, CodingKey {
            case kind, window, mss, sack, timestamps, reporter
            case hopLimit = "hop_limit"
            case windowScale = "window_scale"
            case icmpType = "icmp_type"
            case icmpCode = "icmp_code"
        }

        /// The answer, when it was said of `target`; nil for a kind that a later version knows.
        func answer(at target: IPAddress) throws(ScanLineProblem) -> WireAnswer? {
            switch kind {
            case "syn-ack":
                guard let window else { throw .missing("answer.window") }
                return WireAnswer(
                    .accept(
                        TCPAccept(
                            window: window, maximumSegmentSize: mss, windowScale: windowScale,
                            allowsSelectiveAcknowledgement: sack ?? false,
                            hasTimestamps: timestamps ?? false)),
                    hopLimit: hopLimit)
            case "reset": return WireAnswer(.reset, hopLimit: hopLimit)
            case "datagram": return WireAnswer(.datagram, hopLimit: hopLimit)
            case "icmp":
                guard let icmpType, let icmpCode, let reporter else {
                    throw .missing("answer.icmp_type, icmp_code or reporter")
                }
                return WireAnswer(
                    .icmp(
                        ICMPError(target.family, type: icmpType, code: icmpCode),
                        reporter: try ScanLine.address(reporter)),
                    hopLimit: hopLimit)
            case _: return nil
            }
        }
    }

    /// What the words mean.
    func group() throws(ScanLineProblem) -> WireGroup {
        let target = try ScanLine.address(address)
        guard let transport = Transport(rawValue: transport) else {
            throw .value(transport, "a transport, tcp or udp")
        }
        let set = try ScanLine.ports(ports)
        guard set.count == count else {
            throw .contradiction("\"count\" is not the number of ports in \"\(ports)\"")
        }
        var facts = WireFacts(probes: probes, answer: try answer?.answer(at: target))
        facts.contradiction = try contradiction?.answer(at: target)
        facts.duplicates = duplicates ?? 0
        facts.repeatedAccepts = repeatedAccepts ?? 0
        if let stranger { facts.stranger = try ScanLine.address(stranger) }
        var roundTrip: ClosedRange<Duration>?
        if let shortest, let longest {
            guard shortest <= longest else {
                throw .contradiction("\"rtt_min_us\" is more than \"rtt_max_us\"")
            }
            roundTrip = .microseconds(Int64(shortest)) ... .microseconds(Int64(longest))
        }
        return WireGroup(target, transport, set, facts, roundTrip: roundTrip)
    }
}

/// How a capture went, as it is written.
struct CaptureFactsText: Decodable {
    private var interface: String
    private var received: UInt64
    private var dropped: UInt64
    private var droppedByInterface: UInt64
    private var matched: UInt64
    private var unkept: UInt64?
    private var strangers: [String]?

    private enum CodingKeys: String, CodingKey {
        case interface, received, dropped, matched, unkept, strangers
        case droppedByInterface = "dropped_by_interface"
    }

    /// What the words mean.
    func facts() throws(ScanLineProblem) -> CaptureFacts {
        var facts = CaptureFacts(
            interface: interface,
            counts: CaptureCounts(
                received: received, dropped: dropped, droppedByInterface: droppedByInterface))
        facts.matched = matched
        facts.unkept = unkept ?? 0
        for text in strangers ?? [] { facts.strangers.append(try ScanLine.address(text)) }
        return facts
    }
}
