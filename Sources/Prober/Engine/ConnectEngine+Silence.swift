import BasicContainers

extension ConnectEngine {
    /// Ends the attempts whose time is up.
    mutating func expireAttempts(_ now: MonotonicTime) {
        for index in awaiting.indices {
            let time = limits.times[UInt8(index)]
            while let slot = awaiting[index].front,
                now.nanoseconds(since: table.slots[slot].since) >= time
            {
                if table.slots[slot].talk == .none {
                    endSilentAttempt(slot, at: now)
                } else {
                    endPatience(slot, at: now)
                }
            }
        }
    }

    /// How long after the first pass it may take to find out whether hosts answer, in nanoseconds.
    private static var doubtTime: UInt64 { 10_000_000_000 }
    /// How many silent endpoints of hosts that have not answered a turn looks at.
    private static var doubtLooks: Int { 256 }

    /// What becomes of an endpoint after one more silent attempt.
    private enum NextStep {
        /// It was asked often enough.
        case conclude
        /// It is asked again.
        case again
        /// Nothing on its host has answered: when it is asked again depends on the others.
        case doubt
    }

    /// Ends an attempt that got no answer in time: ask again, or conclude silence.
    ///
    /// When the scan is draining, an endpoint that has not had all its attempts is not tested.
    mutating func endSilentAttempt(_ slot: Int, at now: MonotonicTime) {
        let before = table.slots[slot].packets
        closeAttempt(slot, at: now)
        if table.slots[slot].silences == 0 { firstAttempts -= 1 }
        table.slots[slot].silences += 1
        governor?.noteSilence()
        if table.slots[slot].era == paths.era(of: Int(table.slots[slot].path)) {
            table.slots[slot].lostInEra &+= table.slots[slot].packets &- before
        } else {
            table.slots[slot].lostInEra = 0
        }
        switch nextStep(of: slot) {
        case .conclude: conclude(slot, .silence, at: now)
        case _ where isDraining: conclude(slot, .localFailure(.interrupted), at: now)
        case .doubt: doubtful.append(slot, in: &table)
        case .again:
            switch table.slots[slot].silences {
            case 1: due.append(slot, in: &table)
            case 2: rest(slot, as: .secondSilence, at: now)
            default: rest(slot, as: .laterSilence, at: now)
            }
        }
    }

    /// What the path's estimate says of an endpoint that was silent once more.
    ///
    /// A few ports find out whether a host answers at all. One that does not is asked twice at the
    /// others, and no more: once first, and once after all else.
    private mutating func nextStep(of slot: Int) -> NextStep {
        let packetsOfEra = table.slots[slot].lostInEra
        let silences = table.slots[slot].silences
        let era = table.slots[slot].era
        return paths.withEstimate(of: Int(table.slots[slot].path)) { estimate in
            if silences == 1 { estimate.noteFirstSilence() }
            let packets = era == estimate.era ? packetsOfEra : 0
            let isFull =
                if let fixed = limits.silences { silences >= fixed } else {
                    silences >= limits.mostSilences
                        || estimate.isEnough(packets, for: limits.confidence)
                }
            let isGivenUp = limits.silences == nil && estimate.isSilent
            if isFull || isGivenUp && silences >= 2 {
                estimate.noteSilence(after: packets, isFull: isFull)
                return .conclude
            }
            guard limits.silences == nil, silences == 1 else { return .again }
            return estimate.isAskedOn() ? .again : .doubt
        }
    }

    /// Asks the silent endpoints of hosts that had not answered once more.
    ///
    /// That comes when all workers have been everywhere, and it is known whether the host answers:
    /// what it answered until then says how often they are to be asked. A table without room for new
    /// endpoints forces an earlier question, and so does the end of patience.
    mutating func settleDoubts(_ now: MonotonicTime) {
        if !hasEndedFirstPass, steps.remaining == 0, firstAttempts == 0 {
            hasEndedFirstPass = true
            paths.endFirstPass()
        }
        guard !doubtful.isEmpty else { return }
        let isOver = paths.hasEndedFirstPass
        if isOver, doubtsEnd == nil || !due.isEmpty {
            doubtsEnd = now.advanced(byNanoseconds: Self.doubtTime)
        }
        let isForced = table.isFull && steps.remaining > 0 || doubtsEnd.map { now >= $0 } ?? false
        guard isOver || isForced || isDraining else { return }
        // Those that must wait on go to the end, so a turn looks at some only.
        var looks = isForced || isDraining ? doubtful.count : min(doubtful.count, Self.doubtLooks)
        while looks > 0, let slot = doubtful.front {
            looks -= 1
            doubtful.remove(slot, in: &table)
            let path = Int(table.slots[slot].path)
            if isDraining {
                conclude(slot, .localFailure(.interrupted), at: now)
            } else if isForced || paths.withEstimate(of: path, { $0.isDecided }) {
                due.append(slot, in: &table)
            } else {
                doubtful.append(slot, in: &table)
            }
        }
    }

    /// Ends the pauses that are over, and when draining everything that would be asked again.
    mutating func endPauses(_ now: MonotonicTime) {
        for pauseClass in PauseClass.allCases {
            let index = pauseClass.rawValue
            while let slot = resting[index].front,
                isDraining
                    || now.nanoseconds(since: table.slots[slot].since) >= limits.pause(pauseClass)
            {
                resting[index].remove(slot, in: &table)
                if isDraining {
                    conclude(slot, .localFailure(.interrupted), at: now)
                } else {
                    due.append(slot, in: &table)
                }
            }
        }
        while isDraining, let slot = due.front {
            due.remove(slot, in: &table)
            conclude(slot, .localFailure(.interrupted), at: now)
        }
        if isDraining, heldCount > 0 { abandonHeld(now) }
    }

    /// Ends the probes that windows hold back.
    private mutating func abandonHeld(_ now: MonotonicTime) {
        for path in 0..<hands.count {
            while let slot = hands[path].waiting.front {
                hands[path].waiting.remove(slot, in: &table)
                conclude(slot, .localFailure(.interrupted), at: now)
            }
        }
        heldCount = 0
    }

    /// Lets the probe in `slot`, which is in no list, pause.
    mutating func rest(_ slot: Int, as pauseClass: PauseClass, at now: MonotonicTime) {
        table.slots[slot].since = now
        resting[pauseClass.rawValue].append(slot, in: &table)
    }
}
