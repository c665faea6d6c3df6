/// The packets of one endpoint between it and one port of ours.
struct ProbeFlow {
    /// Our port.
    let port: UInt16
    /// What our SYN begins with; 0 for UDP.
    let sequence: UInt32
    /// What was seen.
    private(set) var facts = WireFacts(probes: 0)
    /// From the probe to the first answer, in nanoseconds; nil where it is not known which probe was
    /// answered (Karn's rule).
    private(set) var roundTrip: Int64?
    /// Whether bytes were exchanged, as no probe of a scan without `talks` does.
    var carriesBytes = false
    /// Where the first packet of each direction was seen; others there are the same packets again.
    private var (outgoing, incoming): (UInt32?, UInt32?) = (nil, nil)
    private var lastSent: Int64 = 0
    /// The time stamp of our last SYN.
    private var timestamp: UInt32?
    /// How many answers of the first answer's kind came.
    private var answers: UInt16 = 0
    private var lastAnswer: (time: Int64, mark: UInt64) = (0, 0)

    /// Within which time an answer that is the same to the last bit is a copy from the network, and no
    /// repetition by its sender: the shortest time after which one sends again (RFC 6298) is longer.
    private static let copyTime: Int64 = 100_000_000

    init(port: UInt16, sequence: UInt32) {
        self.port = port
        self.sequence = sequence
    }

    /// Counts a probe; false for one that was counted on another interface.
    mutating func ask(at time: Int64, timestamp: UInt32?, from interface: UInt32) -> Bool {
        guard outgoing ?? interface == interface else { return false }
        outgoing = interface
        facts.probes = facts.probes == .max ? .max : facts.probes + 1
        lastSent = time
        self.timestamp = timestamp
        return true
    }

    /// What an answer is among those that came.
    enum Role: Hashable {
        /// The first, which came so many nanoseconds after the probe, if that is known.
        case first(after: Int64?)
        /// One more, which a packet of ours asked for.
        case further
        /// A copy of the one before.
        case duplicate
        /// The answer to a handshake, sent again.
        case repeated
        /// The port accepted before and is reset now, or the reverse.
        case contradiction
    }

    /// Takes an answer; nil for one that was taken on another interface.
    ///
    /// `mark` is the same for packets that are. `echo` is the time stamp of ours that it answers.
    mutating func take(
        _ answer: WireAnswer, mark: UInt64, echo: UInt32?, at time: Int64, from interface: UInt32
    ) -> Role? {
        guard incoming ?? interface == interface else { return nil }
        incoming = interface
        defer { lastAnswer = (time, mark) }
        guard let first = facts.answer else {
            facts.answer = answer
            answers = 1
            let isKnown = facts.probes == 1 || echo != nil && echo == timestamp
            // Clocks may be set, and captured packets may change places.
            if isKnown, time >= lastSent { roundTrip = time &- lastSent }
            return .first(after: roundTrip)
        }
        switch (first.kind, answer.kind) {
        case (.accept, .reset), (.reset, .accept):
            guard !carriesBytes else { return .further }
            facts.contradiction = facts.contradiction ?? answer
            return .contradiction
        case (.accept, .accept), (.reset, .reset), (.datagram, .datagram):
            answers = answers == .max ? .max : answers + 1
            guard answers > facts.probes else { return .further }
            if mark == lastAnswer.mark, time &- lastAnswer.time < Self.copyTime {
                facts.duplicates = facts.duplicates == .max ? .max : facts.duplicates + 1
                return .duplicate
            }
            guard case .accept = answer.kind else { return .further }
            facts.repeatedAccepts =
                facts.repeatedAccepts == .max ? .max : facts.repeatedAccepts + 1
            return .repeated
        case (.accept, .datagram), (.accept, .icmp), (.reset, .datagram), (.reset, .icmp),
            (.datagram, .accept), (.datagram, .reset), (.datagram, .icmp), (.icmp, _):
            return .further
        }
    }

    /// Notes an address that was not asked, and answered.
    mutating func note(stranger: IPAddress) { facts.stranger = facts.stranger ?? stranger }
}
