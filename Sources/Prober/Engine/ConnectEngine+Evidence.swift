import BasicContainers
import SystemPackage

extension ConnectEngine {
    /// Draws the conclusion from an event of the waiting attempt in `slot`.
    ///
    /// The error queue comes first: a firewall's port-unreachable and a reset both leave
    /// ECONNREFUSED, and only the queue tells them apart. An error alone (without the socket being
    /// writable) means the same: read the queue now, or the answer is late or lost.
    mutating func examine(_ slot: Int, _ event: Epoll.Event, at now: MonotonicTime) {
        guard table.slots[slot].talk == .none else { return hear(slot, at: now) }
        if event.hasError {
            while let report = table.slots[slot].socket?.takeQueuedError() {
                switch report {
                case .icmp(let error, let reporter):
                    let endpoint = table.slots[slot].endpoint
                    return finish(
                        slot, evidence(of: error, from: reporter, about: endpoint), at: now)
                case .local(let errno):
                    closeAttempt(slot, at: now)
                    return failLocally(slot, SystemCallFailure(.connect, errno), at: now)
                case .other: continue
                }
            }
            switch table.slots[slot].socket?.takeError() {
            case nil: break
            case .connectionRefused: return finish(slot, .reset, at: now)
            // The handshake was over before these could happen (RFC 9293, 3.10.7.4).
            case .connectionReset, .brokenPipe:
                return believe(slot, roundTrip: nil, isReset: true, at: now)
            case .timedOut: return endSilentAttempt(slot, at: now)
            case .some(let errno):
                closeAttempt(slot, at: now)
                return failLocally(slot, SystemCallFailure(.connect, errno), at: now)
            }
        }
        if event.isWritable { examineConnection(slot, at: now) }
    }

    /// Makes sure that a socket reported writable is a connection, and not one to itself.
    private mutating func examineConnection(_ slot: Int, at now: MonotonicTime) {
        guard let facts = table.slots[slot].socket?.handshakeFacts(), facts.isEstablished
        else { return }
        table.slots[slot].socket?.resetOnClose()
        if table.slots[slot].mayMeetProbe, let local = table.slots[slot].socket?.localAddress,
            local.port == table.slots[slot].endpoint.port,
            local.address == table.slots[slot].endpoint.address
        {
            return endSelfConnect(slot, at: now)
        }
        believe(slot, roundTrip: facts.roundTrip, at: now)
    }

    /// Takes a handshake for what it is, or asks again when it may have been with a probe of ours.
    private mutating func believe(
        _ slot: Int, roundTrip: Duration?, isReset: Bool = false, at now: MonotonicTime
    ) {
        table.slots[slot].doubtfulHandshakes += 1
        guard table.slots[slot].mayMeetProbe,
            table.slots[slot].doubtfulHandshakes < limits.doubtfulHandshakes
        else {
            if limits.talks {
                return startTalk(slot, roundTrip: roundTrip, isReset: isReset, at: now)
            }
            return finish(slot, .handshake, roundTrip: roundTrip, at: now)
        }
        closeAttempt(slot, at: now)
        due.append(slot, in: &table)
    }

    /// Asks again from another port after the kernel joined the socket to itself.
    private mutating func endSelfConnect(_ slot: Int, at now: MonotonicTime) {
        closeAttempt(slot, at: now)
        table.slots[slot].selfConnects += 1
        if table.slots[slot].selfConnects < limits.selfConnects {
            due.append(slot, in: &table)
        } else {
            conclude(slot, .localFailure(.selfConnect), at: now)
        }
    }

    /// What an ICMP error proves about `endpoint`.
    ///
    /// An error from this machine about another one was made by our own firewall or routing, with
    /// one exception: "host unreachable" is how the kernel says that no neighbour answered.
    private func evidence(
        of error: ICMPError, from reporter: IPAddress, about endpoint: Endpoint
    ) -> Evidence {
        if isFromHere(reporter, about: endpoint), !error.isHostUnreachable {
            return .localFailure(.rejectedHere(error))
        }
        return .icmp(error, reporter: reporter)
    }

    private func isFromHere(_ reporter: IPAddress, about endpoint: Endpoint) -> Bool {
        ownPorts.contains(reporter) && !ownPorts.contains(endpoint.address)
    }

    /// Ends the waiting attempt in `slot` with `evidence`.
    ///
    /// The kernel's own timing of a handshake is used when it has one; else the time since launch.
    private mutating func finish(
        _ slot: Int, _ evidence: Evidence, roundTrip: Duration? = nil, at now: MonotonicTime
    ) {
        let waited = now.nanoseconds(since: table.slots[slot].since)
        let packetsBefore = table.slots[slot].packets
        closeAttempt(slot, at: now)
        let retransmissions = table.slots[slot].packets - packetsBefore - 1
        let measured = retransmissions == 0 ? Duration.nanoseconds(Int64(waited)) : nil
        notePath(slot, evidence, after: waited, repeats: retransmissions, at: now)
        conclude(slot, evidence, roundTrip: roundTrip ?? measured, at: now)
    }

    /// From which patience on, in nanoseconds, the kernel repeats a SYN before its answer can come.
    private static var slowPatience: UInt64 { 900_000_000 }

    /// Notes what an answer says about the way: it came after `waited` nanoseconds, in which the
    /// kernel sent the SYN again `repeats` times.
    ///
    /// Hosts and routers ration ICMP errors (RFC 1812, 4.3.2.8), so their absence is no loss. An
    /// answer that took longer than the first attempt waited shows that this was too short: then
    /// nothing was lost either.
    mutating func notePath(
        _ slot: Int, _ evidence: Evidence, after waited: UInt64, repeats: UInt16,
        at now: MonotonicTime
    ) {
        let path = Int(table.slots[slot].path)
        let endpoint = table.slots[slot].endpoint
        var answer = PathEstimate.Answer(
            roundTrip: repeats == 0 ? waited : nil,
            lost: table.slots[slot].lostInEra, era: table.slots[slot].era,
            inFlight: hands[path].inFlight &* workers)
        if repeats == 0, waited > limits.times[table.slots[slot].firstTimeClass] {
            answer.lost = 0
        } else if (paths.patience(of: path) ?? 0) < Self.slowPatience {
            answer.lost &+= repeats
        }
        switch evidence {
        case .handshake, .exchange, .reset: break
        case .icmp(let error, let reporter):
            if isFromHere(reporter, about: endpoint) {
                return paths.noteDeadNeighbour(error, reporter, on: path, at: now)
            }
            answer.countsForLoss = false
            if reporter != endpoint.address { answer.roundTrip = nil }
        case .reply, .silence, .unanswered, .localFailure: return
        }
        governor?.noteAnswer(after: waited)
        _ = paths.note(answer, on: path, at: now)
    }

    /// Writes down the outcome of the probe in `slot`, which is in no list, and frees the slot.
    mutating func conclude(
        _ slot: Int, _ evidence: Evidence, roundTrip: Duration? = nil, at now: MonotonicTime
    ) {
        outcomes.append(
            Observation(
                table.slots[slot].endpoint, evidence,
                attempts: table.slots[slot].packets, sentAt: table.slots[slot].sentAt,
                roundTrip: roundTrip))
        if table.slots[slot].silences == 0 { firstAttempts -= 1 }
        let path = Int(table.slots[slot].path)
        table.release(slot)
        if heldCount > 0 { releaseHeld(on: path) }
        if window < greatestWindow { window += 1 }
    }
}
