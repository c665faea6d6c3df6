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

    /// What becomes of an endpoint after one more silent attempt.
    private enum NextStep {
        /// It was asked often enough.
        case conclude
        /// It is asked again.
        case again
        /// Nothing on its host answers: whether it is asked again depends on the rest of the host.
        case doubt
    }

    /// Ends an attempt that got no answer in time: ask again, or conclude silence.
    ///
    /// When the scan is draining, an endpoint that has not had all its attempts is not tested.
    mutating func endSilentAttempt(_ slot: Int, at now: MonotonicTime) {
        closeAttempt(slot, at: now)
        if table.slots[slot].silences == 0 { firstAttempts -= 1 }
        table.slots[slot].silences += 1
        governor?.noteSilence()
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
    private mutating func nextStep(of slot: Int) -> NextStep {
        let packets = table.slots[slot].packets
        let silences = table.slots[slot].silences
        let lost = table.slots[slot].lostInEra
        let era = table.slots[slot].era
        let (step, present) = paths.withEstimate(of: Int(table.slots[slot].path)) { estimate in
            let isEnough =
                if let fixed = limits.silences { silences >= fixed } else {
                    silences >= limits.mostSilences
                        || estimate.isEnough(packets, for: limits.confidence)
                }
            if isEnough { estimate.noteSilence(after: packets, isFull: true) }
            let step: NextStep = isEnough ? .conclude : estimate.isSilent ? .doubt : .again
            return (step, estimate.era)
        }
        table.slots[slot].lostInEra = present == era ? lost &+ 1 : 0
        table.slots[slot].era = present
        return step
    }

    /// Decides about the silent endpoints of hosts that answer nothing.
    ///
    /// Such a host is asked once at every port, and no more when it is silent to the end. Only after
    /// all workers have been everywhere is it known that it is; a table without room forces an
    /// earlier decision.
    mutating func settleDoubts(_ now: MonotonicTime) {
        if !hasEndedFirstPass, steps.remaining == 0, firstAttempts == 0 {
            hasEndedFirstPass = true
            paths.endFirstPass()
        }
        while let slot = doubtful.front,
            paths.hasEndedFirstPass || table.isFull || isDraining
        {
            doubtful.remove(slot, in: &table)
            let packets = table.slots[slot].packets
            let isSilent = paths.withEstimate(of: Int(table.slots[slot].path)) { estimate in
                guard estimate.isSilent, !isDraining else { return false }
                estimate.noteSilence(after: packets, isFull: false)
                return true
            }
            if isDraining {
                conclude(slot, .localFailure(.interrupted), at: now)
            } else if isSilent {
                conclude(slot, .silence, at: now)
            } else {
                due.append(slot, in: &table)
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
