import BasicContainers
import SystemPackage

extension ConnectEngine {
    /// Draws the conclusion from an event of the waiting attempt in `slot`.
    ///
    /// The error queue comes first: a firewall's port-unreachable and a reset both leave
    /// ECONNREFUSED, and only the queue tells them apart. An error alone (without the socket being
    /// writable) means the same: read the queue now, or the answer is late or lost.
    mutating func examine(_ slot: Int, _ event: Epoll.Event, at now: MonotonicTime) {
        if event.hasError {
            while let report = table.slots[slot].socket?.takeQueuedError() {
                switch report {
                case .icmp(let error, let reporter):
                    let isFromHere = table.slots[slot].socket?.localAddress?.address == reporter
                    let evidence = Self.evidence(
                        of: error, from: reporter, isFromHere, about: table.slots[slot].endpoint)
                    return finish(slot, evidence, at: now)
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
            case .connectionReset, .brokenPipe: return finish(slot, .handshake, at: now)
            case .timedOut: return endSilentAttempt(slot, at: now)
            case .some(let errno):
                closeAttempt(slot, at: now)
                return failLocally(slot, SystemCallFailure(.connect, errno), at: now)
            }
        }
        if event.isWritable { examineConnection(slot, at: now) }
    }

    /// Makes sure that a socket reported writable is a connection, and one to somebody else.
    private mutating func examineConnection(_ slot: Int, at now: MonotonicTime) {
        let endpoint = table.slots[slot].endpoint
        guard let facts = table.slots[slot].socket?.handshakeFacts(), facts.isEstablished
        else { return }
        guard let local = table.slots[slot].socket?.localAddress else { return }
        let isOwnAddress = local.address == endpoint.address
        let isSelfConnect = isOwnAddress && local.port == endpoint.port
        table.slots[slot].socket?.resetOnClose()
        if isSelfConnect || isOwnAddress && facts.hasSurplusSegments {
            return doubt(slot, isSelfConnect: isSelfConnect, at: now)
        }
        finish(slot, .handshake, roundTrip: facts.roundTrip, at: now)
    }

    /// Asks again when a probe met itself, or perhaps another probe, on this machine.
    ///
    /// A probe that doubts up to the limit without having met itself is believed: a service that
    /// needs its SYN-ACK repeated looks the same.
    private mutating func doubt(_ slot: Int, isSelfConnect: Bool, at now: MonotonicTime) {
        closeAttempt(slot, at: now)
        table.slots[slot].doubts += 1
        if table.slots[slot].doubts < limits.doubts {
            due.append(slot, in: &table)
        } else {
            conclude(slot, isSelfConnect ? .localFailure(.selfConnect) : .handshake, at: now)
        }
    }

    /// What an ICMP error proves about `endpoint`.
    ///
    /// An error from this machine about another one was made by our own firewall or routing, with
    /// one exception: "host unreachable" is how the kernel says that no neighbour answered.
    private static func evidence(
        of error: ICMPError, from reporter: IPAddress, _ isFromHere: Bool,
        about endpoint: Endpoint
    ) -> Evidence {
        if isFromHere, endpoint.address != reporter, !error.isHostUnreachable {
            return .localFailure(.rejectedHere(error))
        }
        return .icmp(error, reporter: reporter)
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
        conclude(slot, evidence, roundTrip: roundTrip ?? measured, at: now)
    }

    /// Writes down the outcome of the probe in `slot`, which is in no list, and frees the slot.
    mutating func conclude(
        _ slot: Int, _ evidence: Evidence, roundTrip: Duration? = nil, at now: MonotonicTime
    ) {
        outcomes.append(
            Observation(
                table.slots[slot].endpoint, evidence,
                attempts: table.slots[slot].packets, sentAt: table.slots[slot].since,
                roundTrip: roundTrip))
        table.release(slot)
        if window < table.capacity { window += 1 }
    }
}
