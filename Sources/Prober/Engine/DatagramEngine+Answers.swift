import BasicContainers

extension DatagramEngine {
    /// How many batches one turn takes from a queue, so that no flood holds it.
    private static let batchLimit = 64

    /// Takes what came to any lane: ICMP errors first, then datagrams.
    mutating func reap(_ now: MonotonicTime) {
        for lane in 0..<lanes.lanes.count {
            _ = reapErrors(lane, now)
            for _ in 0..<Self.batchLimit {
                guard receive(.datagrams, lane) else { break }
                let arrival = max(now, .now())
                for index in 0..<received.count { examineReply(index, arrival) }
            }
        }
    }

    /// Takes the queued errors of a lane; false when there were none.
    ///
    /// The clock is read again: what is taken may have been caused since the turn began.
    mutating func reapErrors(_ lane: Int, _ now: MonotonicTime) -> Bool {
        var hasFound = false
        for _ in 0..<Self.batchLimit {
            guard receive(.errors, lane) else { break }
            let arrival = max(now, .now())
            hasFound = true
            for index in 0..<received.count { examineError(index, arrival) }
        }
        return hasFound
    }

    /// Receives a batch, if there is room for what may come of it.
    private mutating func receive(_ queue: ReceiveBatch.Queue, _ lane: Int) -> Bool {
        outcomes.freeCapacity > ReceiveBatch.capacity
            && lanes.receive(queue, from: lane, into: &received)
    }

    /// Draws the conclusion from an ICMP error about a datagram of ours.
    private mutating func examineError(_ index: Int, _ now: MonotonicTime) {
        guard case .icmp(let error, let reporter) = received.error(at: index),
            let peer = received.peer(at: index), let host = wave.layout.host(at: peer.address)
        else { return }
        let saysClosed = error.isPortUnreachable && reporter == peer.address
        if saysClosed { noteClosed(peer.port, of: host) }
        guard let number = wave.layout.number(host: host, port: peer.port),
            wave.probes[number].isOpenEnded, wave.probes[number].packets > 0
        else { return }
        let probe = wave.probes[number]
        // A reply that nobody knew proves more than an error about another request.
        if probe.stage == .answered { return }
        let trip = takeRoundTrip(of: number, now)
        if saysClosed {
            wave.hosts[host].proof?.noteSpoken()
        }
        let isFromHere =
            machine.addresses.contains(reporter) && !machine.addresses.contains(peer.address)
        let evidence: Evidence =
            isFromHere && !error.isHostUnreachable
            ? .localFailure(.rejectedHere(error)) : .icmp(error, reporter: reporter)
        conclude(number, evidence, roundTrip: trip)
    }

    /// Notes that a host said of one of its ports that it is closed.
    private mutating func noteClosed(_ port: UInt16, of host: Int) {
        switch wave.hosts[host].proof?.step {
        case .listening
        where port == wave.hosts[host].control && !wave.hosts[host].hasControlAnswered:
            wave.hosts[host].hasControlAnswered = true
            facts.controlsAnswered += 1
        case .sought where wave.hosts[host].hasSought(port):
            wave.hosts[host].control = port
            facts.controlsAnswered += 1
        case _:
            if wave.hosts[host].control == nil { wave.hosts[host].control = port }
        }
    }

    /// Finds out whose answer a datagram is, and draws the conclusion.
    ///
    /// A valid reply from where we asked ends the matter; so does one from another port, for the
    /// requests that allow it. What nobody knows still shows that something listens, but when it
    /// is a reply to somebody else's request it shows nothing.
    private mutating func examineReply(_ index: Int, _ now: MonotonicTime) {
        guard let peer = received.peer(at: index), let host = wave.layout.host(at: peer.address)
        else {
            facts.unexpected += 1
            return
        }
        let number = wave.layout.number(host: host, port: peer.port)
        var match = ReplyMatch.unrecognised
        if let number, wave.probes[number].isOpenEnded {
            let asked = wave.probes[number].asked
            for position in 0..<RequestSequence.capacity
            where asked & (1 << UInt32(position)) != 0 {
                let found = self.match(index, number, position)
                if case .valid(let service) = found {
                    return concludeReply(number, service, now)
                }
                if found == .wrongToken { match = .wrongToken }
            }
        }
        // A listed port that was asked speaks for itself.
        let speaksForItself =
            number.map { wave.probes[$0].asked != 0 && sequences[peer.port].isListed } ?? false
        for (port, position) in sequences.moving where port != peer.port && !speaksForItself {
            guard let other = wave.layout.number(host: host, port: port),
                wave.probes[other].asked & (1 << UInt32(position)) != 0,
                case .valid(let service) = self.match(index, other, position)
            else { continue }
            // A second reply of the kind is no news, and says nothing of the port it came from.
            guard wave.probes[other].isOpenEnded else {
                facts.unexpected += 1
                return
            }
            return concludeReply(other, service, now)
        }
        guard let number, wave.probes[number].stage == .waiting,
            wave.probes[number].packets > 0
        else {
            facts.unexpected += 1
            return
        }
        if match == .wrongToken {
            facts.wrongToken += 1
        } else {
            let trip = takeRoundTrip(of: number, now) ?? 0
            wave.probes[number].roundTrip = UInt32(clamping: trip / 1000)
            wave.probes[number].stage = .answered
        }
    }

    private enum Match: Equatable {
        case valid(DatagramService)
        case wrongToken
        case unrecognised
    }

    /// What the datagram is to the request at `position` that the endpoint `number` was sent.
    private func match(_ index: Int, _ number: Int, _ position: Int) -> Match {
        let endpoint = wave.layout.endpoint(number)
        let identity = sequences[endpoint.port].requests[position]
        let context = context(identity, endpoint, wave.layout.host(of: number))
        let match = received.withBytes(at: index) { bytes in
            sequences.requests[Int(identity)].recognise(bytes, context)
        }
        return switch match {
        case .valid: .valid(sequences.requests[Int(identity)].service)
        case .wrongToken: .wrongToken
        case .unrecognised: .unrecognised
        }
    }

    private mutating func concludeReply(
        _ number: Int, _ service: DatagramService, _ now: MonotonicTime
    ) {
        let trip = takeRoundTrip(of: number, now)
        conclude(number, .reply(service), roundTrip: trip)
    }

    /// The time from the only request to the endpoint until `now`, in nanoseconds, noted for its
    /// host; nil when there were several, since nobody knows which of them was answered.
    private mutating func takeRoundTrip(of number: Int, _ now: MonotonicTime) -> UInt64? {
        guard wave.probes[number].packets == 1 else { return nil }
        let waited = now.nanoseconds(since: wave.probes[number].sentAt)
        wave.hosts[wave.layout.host(of: number)].noteRoundTrip(waited)
        return waited
    }
}
