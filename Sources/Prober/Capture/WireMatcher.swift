/// Finds the packets of a scan among those captured, and what they tell of each endpoint.
///
/// A flow is the scan's when its SYN goes to an endpoint that is asked, or its datagram leaves from a
/// socket of the scan. An answer must belong to such a flow: its ports, and over TCP its
/// acknowledgement. Everything else is thrown away. Owned by the capture's thread.
package struct WireMatcher {
    private let scope: CaptureScope
    private var records: ProbeRecords
    private var gathering = WireGathering()
    /// Whom each port of ours asked last over TCP, and with which SYN.
    private var recent: [UInt16: (endpoint: Endpoint, sequence: UInt32)] = [:]
    /// How many packets belong to the scan.
    private(set) var matched: UInt64 = 0
    /// Who answered without being asked.
    private(set) var strangers: [IPAddress] = []
    /// The longest round trip so far, in nanoseconds.
    private(set) var longestRoundTrip: Int64 = 0

    /// A matcher of what belongs to `scope`.
    package init(_ scope: CaptureScope, generationLimit: Int = 65_536) {
        self.scope = scope
        records = ProbeRecords(generationLimit: generationLimit)
    }

    /// Takes a packet that was captured at `time`, in nanoseconds, on the interface of a number.
    ///
    /// Gives what it is to the scan; nil for a packet that does not belong to it. `frame` is what the
    /// places in `packet` are places of.
    package mutating func take(
        _ packet: WirePacket, in frame: RawSpan, at time: Int64, from interface: UInt32 = 0
    ) -> WireNote? {
        let note: WireNote? =
            switch packet.content {
            case .segment(let segment): take(segment, of: packet, at: time, interface)
            case .datagram(let datagram): take(datagram, of: packet, frame, at: time, interface)
            case .icmpError(let message): take(message, of: packet, at: time, interface)
            case .laterFragment, .other: nil
            }
        if note != nil { matched += 1 }
        return note
    }

    /// Everything that was seen, in groups, and for how many endpoints there was no room.
    package mutating func end() -> (groups: [WireGroup], unkept: UInt64) {
        for part in records.takeAll() { settle(part) }
        return (gathering.takeGroups(), gathering.unkept)
    }

    private mutating func settle(_ settled: [Endpoint: ProbeRecord]) {
        for (endpoint, record) in settled {
            var record = record
            guard let (facts, roundTrip) = record.end(talks: scope.talks) else { continue }
            gathering.add(endpoint, facts, roundTrip: roundTrip)
        }
    }

    /// Takes a probe of `endpoint` on a flow.
    private mutating func ask(
        _ endpoint: Endpoint, _ flow: ProbeFlow, timestamp: UInt32?, at time: Int64,
        _ interface: UInt32
    ) -> WireNote? {
        func ask(_ record: inout ProbeRecord) -> WireNote? {
            record.begin(flow)
            let isNew = record.update(flow.port) { flow in
                flow.ask(at: time, timestamp: timestamp, from: interface) ? true : nil
            }
            guard isNew != nil else { return nil }
            return WireNote(
                endpoint: endpoint, number: record.number, role: .probe(attempt: record.probes))
        }
        var isKnown = false
        let note = records.update(endpoint) { record -> WireNote? in
            isKnown = true
            return ask(&record)
        }
        guard !isKnown else { return note }
        settle(records.begin(endpoint, flow))
        return records.update(endpoint) { ask(&$0) }
    }

    /// Takes an answer to our `port`; nil when no probe of `endpoint` left from there.
    private mutating func answer(
        _ endpoint: Endpoint, to port: UInt16, _ answer: WireAnswer, mark: UInt64,
        echo: UInt32? = nil, at time: Int64, _ interface: UInt32,
        where isAnswer: (ProbeFlow) -> Bool = { _ in true }
    ) -> WireNote? {
        var longest = longestRoundTrip
        defer { longestRoundTrip = longest }
        return records.update(endpoint) { record in
            let role = record.update(port) { flow in
                isAnswer(flow)
                    ? flow.take(answer, mark: mark, echo: echo, at: time, from: interface) : nil
            }
            guard let role else { return nil }
            if case .first(let after?) = role { longest = max(longest, after) }
            return WireNote(
                endpoint: endpoint, number: record.number, role: .answer(answer.kind, role))
        }
    }

    private mutating func note(stranger address: IPAddress) {
        guard strangers.count < CaptureFacts.strangerLimit, !strangers.contains(address) else {
            return
        }
        strangers.append(address)
    }
}

extension WireMatcher {
    private mutating func take(
        _ segment: TCPSegment, of packet: WirePacket, at time: Int64, _ interface: UInt32
    ) -> WireNote? {
        let source = Endpoint(packet.source, .tcp, segment.sourcePort)
        let destination = Endpoint(packet.destination, .tcp, segment.destinationPort)
        let isForUs = scope.own.contains(packet.destination)
        if isForUs {
            if let note = answer(source, segment, packet, at: time, interface) { return note }
        }
        if scope.own.contains(packet.source) {
            if segment.flags.intersection([.syn, .ack, .reset, .fin]) == .syn,
                scope.asks(destination)
            {
                recent[segment.sourcePort] = (destination, segment.sequence)
                return ask(
                    destination,
                    ProbeFlow(port: segment.sourcePort, sequence: segment.sequence),
                    timestamp: segment.options.timestamps?.value, at: time, interface)
            }
            if let note = other(segment, of: destination, port: segment.sourcePort, isOurs: true) {
                return note
            }
        }
        return isForUs ? stranger(source, segment) : nil
    }

    /// A segment from an endpoint that was asked.
    private mutating func answer(
        _ endpoint: Endpoint, _ segment: TCPSegment, _ packet: WirePacket, at time: Int64,
        _ interface: UInt32
    ) -> WireNote? {
        let flags = segment.flags.intersection([.syn, .ack, .reset])
        let kind: WireAnswer.Kind
        switch flags {
        case [.syn, .ack]: kind = .accept(TCPAccept(segment))
        case [.reset, .ack], [.reset]: kind = .reset
        default:
            return other(segment, of: endpoint, port: segment.destinationPort, isOurs: false)
        }
        let acknowledged = segment.acknowledgement
        var mark = WireMark(packet)
        mark.add(segment.sequence)
        mark.add(acknowledged)
        mark.add(segment.window)
        mark.add(segment.options.timestamps?.value ?? 0)
        return answer(
            endpoint, to: segment.destinationPort, WireAnswer(kind, hopLimit: packet.hopLimit),
            mark: mark.value, echo: segment.options.timestamps?.echo, at: time, interface
        ) { flow in
            // A reset of a connection that is there need not acknowledge (RFC 9293, 3.10.7).
            let isAccepted = flow.facts.answer != nil && kind == .reset
            return isAccepted
                || segment.flags.contains(.ack)
                    && acknowledged == flow.sequence &+ 1
        }
    }

    /// A segment of a connection that neither asks nor answers.
    ///
    /// One with bytes is none of a scan that does not talk, and nothing of it is kept.
    private mutating func other(
        _ segment: TCPSegment, of endpoint: Endpoint, port: UInt16, isOurs: Bool
    ) -> WireNote? {
        let talks = scope.talks
        return records.update(endpoint) { record in
            let isKept = record.update(port) { flow in
                if segment.payloadLength > 0 { flow.carriesBytes = true }
                return !flow.carriesBytes || talks
            }
            guard isKept == true else { return nil }
            return WireNote(
                endpoint: endpoint, number: record.number,
                role: .segment(segment.flags, isOurs: isOurs))
        }
    }

    /// An answer to a SYN of ours from another address than the one it went to.
    private mutating func stranger(_ source: Endpoint, _ segment: TCPSegment) -> WireNote? {
        guard segment.flags.contains(.ack), !segment.flags.isDisjoint(with: [.syn, .reset]),
            let (endpoint, sequence) = recent[segment.destinationPort],
            segment.acknowledgement == sequence &+ 1, source.address != endpoint.address
        else { return nil }
        note(stranger: source.address)
        return records.update(endpoint) { record in
            _ = record.update(segment.destinationPort) { flow -> Void? in
                flow.note(stranger: source.address)
            }
            return WireNote(
                endpoint: endpoint, number: record.number, role: .stranger(source.address))
        }
    }

    private mutating func take(
        _ datagram: UDPDatagram, of packet: WirePacket, _ frame: RawSpan, at time: Int64,
        _ interface: UInt32
    ) -> WireNote? {
        let source = Endpoint(packet.source, .udp, datagram.sourcePort)
        let destination = Endpoint(packet.destination, .udp, datagram.destinationPort)
        if scope.own.contains(packet.destination),
            scope.datagramPorts.contains(datagram.destinationPort)
        {
            var mark = WireMark(packet)
            for offset in datagram.payload { mark.add(frame.byte(at: offset) ?? 0) }
            let found = answer(
                source, to: datagram.destinationPort,
                WireAnswer(.datagram, hopLimit: packet.hopLimit), mark: mark.value, at: time,
                interface)
            if let found { return found }
            // On loopback a probe comes to us, too, but not from such a port to such a port.
            guard !scope.datagramPorts.contains(datagram.sourcePort) else { return nil }
            guard !scope.targets.contains(packet.source) else {
                return WireNote(endpoint: source, role: .aside(isOurs: false))
            }
            note(stranger: packet.source)
            return WireNote(endpoint: source, role: .stranger(packet.source))
        }
        guard scope.own.contains(packet.source),
            scope.datagramPorts.contains(datagram.sourcePort),
            scope.targets.contains(packet.destination)
        else { return nil }
        guard scope.asks(destination) else {
            return WireNote(endpoint: destination, role: .aside(isOurs: true))
        }
        return ask(
            destination, ProbeFlow(port: datagram.sourcePort, sequence: 0), timestamp: nil,
            at: time, interface)
    }

    private mutating func take(
        _ message: ICMPMessage, of packet: WirePacket, at time: Int64, _ interface: UInt32
    ) -> WireNote? {
        guard scope.own.contains(packet.destination), let quoted = message.quoted,
            scope.own.contains(quoted.source), let transport = Transport(number: quoted.transport)
        else { return nil }
        let endpoint = Endpoint(quoted.destination, transport, quoted.destinationPort)
        let error = message.error
        guard error.endsAttempt else {
            return records.update(endpoint) { record in
                guard record.update(quoted.sourcePort, { _ in true }) != nil else { return nil }
                return WireNote(
                    endpoint: endpoint, number: record.number,
                    role: .notice(error, reporter: packet.source))
            }
        }
        return answer(
            endpoint, to: quoted.sourcePort,
            WireAnswer(.icmp(error, reporter: packet.source), hopLimit: packet.hopLimit),
            mark: WireMark(packet).value, at: time, interface)
    }
}

extension TCPAccept {
    /// What `segment` says of its sender.
    fileprivate init(_ segment: TCPSegment) {
        self.init(
            window: segment.window, maximumSegmentSize: segment.options.maximumSegmentSize,
            windowScale: segment.options.windowScale,
            allowsSelectiveAcknowledgement: segment.options.allowsSelectiveAcknowledgement,
            hasTimestamps: segment.options.hasTimestamps)
    }
}

extension Transport {
    /// The transport of IP's protocol `number`; nil for any other.
    fileprivate init?(number: UInt8) {
        switch number {
        case 6: self = .tcp
        case 17: self = .udp
        default: return nil
        }
    }
}

/// A number that is the same for packets that are (FNV-1a).
private struct WireMark {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    /// A mark of what only IPv4 has of its own.
    init(_ packet: WirePacket) { add(packet.identification ?? 0) }

    mutating func add(_ number: some FixedWidthInteger) {
        value = (value ^ UInt64(truncatingIfNeeded: number)) &* 0x100_0000_01b3
    }
}
