import BasicContainers

/// How far the talk on an established connection has come.
enum TalkStep: UInt8 {
    /// There is none.
    case none
    /// The other side may speak first.
    case listening
    /// We have asked.
    case asked
}

extension ConnectEngine {
    /// How long the other side may take to speak first, and to reply: classes of ``AttemptTimes``.
    private static let bannerClass: UInt8 = 6
    private static let replyClass: UInt8 = 8

    /// Waits for the first byte on the connection in `slot`, which has just been established.
    mutating func startTalk(_ slot: Int, roundTrip: Duration?, at now: MonotonicTime) {
        let waited = now.nanoseconds(since: table.slots[slot].since)
        let repeats = countRepeats(slot, after: waited)
        table.slots[slot].packets &+= 1 &+ repeats
        notePath(slot, .handshake, after: repeats == 0 ? waited : nil, at: now)
        let time = roundTrip ?? .nanoseconds(Int64(clamping: waited))
        table.slots[slot].handshakeTime = UInt32(clamping: AttemptLimits.nanoseconds(time) / 1000)
        let isWatched = epoll.watchForBytes(
            table.slots[slot].socket?.rawDescriptor ?? -1, tag: tag(of: slot))
        guard isWatched else { return endTalk(slot, .silent, at: now) }
        wait(slot, for: .listening, Self.bannerClass, at: now)
    }

    /// Takes what came on the connection in `slot`.
    mutating func hear(_ slot: Int, at now: MonotonicTime) {
        let isAsked = table.slots[slot].talk == .asked
        switch table.slots[slot].socket?.hear() {
        case .bytes: endTalk(slot, isAsked ? .reply : .banner, at: now)
        case .end: endTalk(slot, isAsked ? .hungUp : .closed, at: now)
        case .reset: endTalk(slot, isAsked ? .hungUp : .reset, at: now)
        case .nothing, nil: break
        }
    }

    /// Asks when the other side said nothing by itself, and gives up when it does not reply.
    mutating func endPatience(_ slot: Int, at now: MonotonicTime) {
        guard table.slots[slot].talk == .listening else { return endTalk(slot, .silent, at: now) }
        guard table.slots[slot].socket?.ask() == true else {
            return endTalk(slot, .hungUp, at: now)
        }
        wait(slot, for: .asked, Self.replyClass, at: now)
    }

    private mutating func wait(
        _ slot: Int, for step: TalkStep, _ timeClass: UInt8, at now: MonotonicTime
    ) {
        awaiting[Int(table.slots[slot].timeClass)].remove(slot, in: &table)
        table.slots[slot].talk = step
        table.slots[slot].timeClass = timeClass
        table.slots[slot].since = now
        awaiting[Int(timeClass)].append(slot, in: &table)
    }

    private mutating func endTalk(_ slot: Int, _ exchange: Exchange, at now: MonotonicTime) {
        leaveWaiting(slot)
        table.slots[slot].socket = nil
        let time = Duration.microseconds(Int64(table.slots[slot].handshakeTime))
        conclude(slot, .exchange(exchange), roundTrip: time, at: now)
    }
}
