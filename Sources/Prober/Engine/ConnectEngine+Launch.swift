import BasicContainers

extension ConnectEngine {
    /// Starts as many attempts as pace, windows, room and the burst allow; true when more could
    /// follow.
    mutating func launch(_ now: MonotonicTime) -> Bool {
        guard outcomes.count < Self.handOverCount else { return false }
        let allowance = pacer.allowance(at: now)
        var sent = 0
        var tried = 0
        while sent < allowance, tried < Self.burst, awaitingCount < window,
            let slot = nextProbe()
        {
            if mayLeave(slot, at: now), attempt(slot, at: now) { sent += 1 }
            tried += 1
        }
        pacer.record(sent)
        return tried == Self.burst
    }

    /// The next probe to send: one of a new endpoint while there is room, else one that is due again.
    ///
    /// What new endpoints answer shows how long to wait for those that are silent.
    private mutating func nextProbe() -> Int? {
        if !isDraining, !table.isFull,
            let index = steps.takeIndex(of: space, in: order, without: known)
        {
            firstAttempts += 1
            return table.take(for: space[index], on: paths.path(ofHost: space.host(of: index)))
        }
        return due.isEmpty ? nil : due.popFirst(in: &table)
    }

    /// Whether the path's window has room for the probe in `slot`; else it is dealt with.
    private mutating func mayLeave(_ slot: Int, at now: MonotonicTime) -> Bool {
        let path = Int(table.slots[slot].path)
        let limit = paths.limit(of: path)
        if limit > 0, hands[path].inFlight < share(of: limit) { return true }
        if limit == 0 {
            concludeUnlinked(slot, at: now)
        } else {
            hands[path].waiting.append(slot, in: &table)
            heldCount += 1
        }
        return false
    }

    /// Ends a probe of a host that the kernel finds nobody to hand packets to for.
    private mutating func concludeUnlinked(_ slot: Int, at now: MonotonicTime) {
        let path = Int(table.slots[slot].path)
        let report = paths.withEstimate(of: path) { $0.neighbourReport }
        table.slots[slot].since = now
        guard let report else { return conclude(slot, .silence, at: now) }
        conclude(slot, .icmp(report.error, reporter: report.reporter), at: now)
    }

    /// Notes that an attempt on `path` is over, and lets one go that was held back.
    mutating func leaveWindow(of path: Int) {
        hands[path].inFlight -= 1
        var room = 2
        while room > 0, let slot = hands[path].waiting.front,
            hands[path].inFlight < share(of: paths.limit(of: path))
        {
            hands[path].waiting.remove(slot, in: &table)
            heldCount -= 1
            due.append(slot, in: &table)
            room -= 1
        }
    }

    /// How much of a path's window is this worker's.
    private func share(of limit: UInt32) -> UInt32 { max(1, limit / workers) }
}
