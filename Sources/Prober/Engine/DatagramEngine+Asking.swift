import BasicContainers
import SystemPackage

extension DatagramEngine {
    /// How many endpoints a turn may pass over without asking them.
    private static let lookLimit = 16_384
    /// How many calls a turn may make to send; each datagram may need two.
    private static let sendLimit = 8 * SendBatch.capacity

    /// Goes on with a visit of every endpoint, as far as the pace allows; true after the last.
    mutating func visit(_ pass: DatagramPass, _ now: MonotonicTime) -> Bool {
        var allowance = min(pacer.allowance(at: now), SendBatch.capacity)
        var looked = 0
        while allowance > 0, looked < Self.lookLimit {
            guard let number = wave.layout.next(in: &wave.visit) else { return true }
            looked += 1
            guard let position = position(for: number, in: pass) else { continue }
            ask(number, position)
            noteAsked()
            allowance -= 1
        }
        _ = flush(now)
        return false
    }

    /// The position of the request that the endpoint `number` gets in `pass`, if it takes part.
    private mutating func position(for number: Int, in pass: DatagramPass) -> Int? {
        let probe = wave.probes[number]
        guard probe.stage != .concluded, probe.stage != .postponed else { return nil }
        let port = wave.layout.port(of: number)
        let sequence = sequences[port]
        let isSilent = probe.stage == .waiting || probe.stage == .untouched
        let position: Int
        switch pass.group {
        case .own:
            guard pass.number < sequence.ownCount, isSilent else { return nil }
            if pass.number == 0, isOwn(port, at: wave.layout.host(of: number)) {
                wave.probes[number].stage = .postponed
                wave.postponed += 1
                return nil
            }
            // What leaves nothing behind, since it is asked more than once.
            return options.isCounted ? sequence.repeatable ?? pass.number : pass.number
        case .again:
            guard pass.number < sequence.ownCount, isSilent else { return nil }
            let traits = sequences.requests[Int(sequence.requests[pass.number])].traits
            let mayRepeat = traits.isDisjoint(with: [.amplifies, .leavesState])
            return probe.packets == 0 || sequence.isListed && mayRepeat ? pass.number : nil
        case .rest:
            position = sequence.ownCount + pass.number
            guard position < sequence.restCount, isSilent else { return nil }
        case .identify:
            position = sequence.restCount + pass.number
            guard position < sequence.count, probe.stage == .answered,
                options.effort != .least
            else { return nil }
        case .look:
            position = sequence.restCount + pass.number
            guard position < sequence.count, isSilent, isLookedAt(number) else { return nil }
        }
        return probe.asked & (1 << UInt32(position)) == 0 ? position : nil
    }

    /// Whether the silent endpoint gets the requests of other services.
    private func isLookedAt(_ number: Int) -> Bool {
        switch options.effort {
        case .least: return false
        case .most: return true
        case .usual:
            guard !options.hints.isEmpty else { return false }
            let address = wave.layout.address(ofHost: wave.layout.host(of: number))
            return options.hints[address]?.bound.contains(wave.layout.port(of: number)) ?? false
        }
    }

    /// Whether this scan itself sends from `port` of the host.
    ///
    /// It would answer its own question.
    private func isOwn(_ port: UInt16, at host: Int) -> Bool {
        let address = wave.layout.address(ofHost: host)
        for index in 0..<lanes.lanes.count
        where lanes.lanes[index].port == port && lanes.lanes[index].socket.family == address.family
        {
            return machine.addresses.contains(address)
        }
        return false
    }

    /// Puts the request at `position` of its port's sequence to the endpoint `number` into its lane.
    mutating func ask(_ number: Int, _ position: Int) {
        let endpoint = wave.layout.endpoint(number)
        let sequence = sequences[endpoint.port]
        let identity = sequence.requests[position]
        let host = wave.layout.host(of: number)
        if sequence.isListed, wave.hosts[host].source == nil {
            wave.hosts[host].source =
                route.source(for: endpoint.address.family)
                ?? SourceAddress.toward(endpoint.address) ?? endpoint.address.family.wildcard
        }
        write(identity, to: endpoint, host)
        let traits = sequences.requests[Int(identity)].traits
        var lane = lanes.number(for: endpoint.address.family)
        // That lane is of IPv4, as DHCP is.
        if traits.contains(.fromClientPort), lanes.clientPort >= 0, endpoint.address.family == .ipv4
        {
            lane = lanes.clientPort
        }
        lanes.lanes[lane].append(
            request, to: endpoint.address, port: endpoint.port, for: .endpoint(number))
        wave.probes[number].asked |= 1 << UInt32(position)
        if wave.probes[number].stage == .untouched { wave.probes[number].stage = .waiting }
    }

    /// Puts the smallest request to `port` of `host`, as a control, into its lane.
    mutating func askControl(_ host: Int, _ port: UInt16) {
        let endpoint = Endpoint(wave.layout.address(ofHost: host), .udp, port)
        let sequence = sequences[port]
        write(sequence.requests[sequence.repeatable ?? 0], to: endpoint, host)
        lanes.lanes[lanes.number(for: endpoint.address.family)].append(
            request, to: endpoint.address, port: port, for: .control(host: host))
    }

    private mutating func write(_ identity: UInt8, to endpoint: Endpoint, _ host: Int) {
        request.removeAll()
        sequences.requests[Int(identity)].write(&request, context(identity, endpoint, host))
    }

    /// What the request `identity` to `endpoint` is made from, and its reply checked against.
    func context(_ identity: UInt8, _ endpoint: Endpoint, _ host: Int) -> RequestContext {
        RequestContext(
            endpoint: endpoint,
            source: wave.hosts[host].source ?? endpoint.address.family.wildcard,
            token: RequestToken(key: key, endpoint: endpoint, request: identity))
    }

    /// Sends what waits in the lanes; false when the kernel has no room for all of it now.
    mutating func flush(_ now: MonotonicTime) -> Bool {
        var hasSentAll = true
        var left = Self.sendLimit
        for lane in 0..<lanes.lanes.count {
            while !lanes.lanes[lane].isEmpty {
                // A flood of errors must not hold the worker.
                guard left > 0 else { return false }
                left -= 1
                // Without room for answers no queued error could be taken out of the way.
                guard outcomes.freeCapacity > SendBatch.capacity else { return false }
                switch lanes.lanes[lane].send() {
                case .left(let first, let count):
                    pacer.record(count)
                    for place in first..<(first + count) {
                        noteSent(lanes.lanes[lane].owner(at: place), now)
                    }
                    if !lanes.lanes[lane].isEmpty { noteSwallowed(lane, now) }
                case .swallowed:
                    noteSwallowed(lane, now)
                case .refused(let owner, let errno):
                    switch owner {
                    case .endpoint(let number):
                        wave.probes[number].failure = Int16(truncatingIfNeeded: errno.rawValue)
                    case .control(let host): wave.hosts[host].hasControlFailed = true
                    }
                case .blocked:
                    hasSentAll = false
                }
                guard hasSentAll else { break }
            }
        }
        return hasSentAll
    }

    /// Takes the errors that kept a datagram from leaving; it stays the first of its lane.
    private mutating func noteSwallowed(_ lane: Int, _ now: MonotonicTime) {
        guard reapErrors(lane, now) else { return }
        facts.resent += 1
        lanes.lanes[lane].noteQueuedErrors()
    }

    private mutating func noteSent(_ owner: DatagramLane.Owner, _ now: MonotonicTime) {
        switch owner {
        case .endpoint(let number):
            wave.probes[number].sentAt = now
            wave.probes[number].failure = 0
            if wave.probes[number].packets < .max { wave.probes[number].packets += 1 }
        case .control: facts.controls += 1
        }
    }
}
