import BasicContainers

extension DatagramEngine {
    /// Begins to look into the silence of the wave's endpoints.
    ///
    /// Each host gets a queue of its own: first what its report says is bound and what the table
    /// has, then the rest.
    mutating func beginProof(at now: MonotonicTime) {
        var waiting = 0
        for number in 0..<wave.probes.count where wave.probes[number].stage == .waiting {
            waiting += 1
        }
        wave.queue = RigidArray(capacity: waiting)
        for host in 0..<wave.hosts.count {
            let hints = options.hints[wave.layout.address(ofHost: host)]
            let start = wave.queue.count
            for isFirst in [true, false] {
                for number in (host * wave.layout.portCount)..<((host + 1) * wave.layout.portCount)
                where wave.probes[number].stage == .waiting && wave.probes[number].packets > 0 {
                    let port = wave.layout.port(of: number)
                    guard sequences[port].repeatable != nil else { continue }
                    let matters =
                        sequences[port].isListed || hints?.bound.contains(port) ?? false
                    if matters == isFirst { wave.queue.append(UInt32(number)) }
                }
            }
            let count = wave.queue.count - start
            wave.hosts[host].queueStart = start
            wave.hosts[host].queueCapacity = count
            wave.hosts[host].queueHead = 0
            wave.hosts[host].queueCount = count
            guard count > 0 else { continue }
            wave.hosts[host].sought = soughtControls(of: host, hints)
            wave.hosts[host].proof = SilenceProof(
                hasControl: wave.hosts[host].control != nil,
                told: told(host, hints), lastUse: lastAsked(host), at: now)
        }
    }

    /// How long the host takes to be allowed another ICMP error, if that is known, in nanoseconds.
    ///
    /// Linux limits none that stays on the machine (`net/ipv4/icmp.c`, icmpv4_xrlim_allow).
    private func told(_ host: Int, _ hints: HostHints?) -> UInt64? {
        if wave.layout.address(ofHost: host).isLoopback { return 0 }
        return hints?.errorInterval.map(AttemptLimits.nanoseconds)
    }

    /// When the host was last asked anything.
    private func lastAsked(_ host: Int) -> MonotonicTime {
        var last = MonotonicTime(nanoseconds: 0)
        for number in (host * wave.layout.portCount)..<((host + 1) * wave.layout.portCount) {
            last = max(last, wave.probes[number].sentAt)
        }
        return last
    }

    /// Ports of the host to try as controls: known to be closed, else high ones that chance picks.
    private func soughtControls(of host: Int, _ hints: HostHints?) -> InlineArray<3, UInt16> {
        let address = wave.layout.address(ofHost: host)
        var generator = SplitMix64(
            state: key.hash(UInt64(truncatingIfNeeded: address.number), 0, UInt64(host)))
        return InlineArray { _ in
            if let closed = hints?.closed, !closed.isEmpty {
                return closed[Int.random(in: 0..<closed.count, using: &generator)]
            }
            var port = UInt16.random(in: 49_152...UInt16.max, using: &generator)
            while sequences[port].isListed { port = port == .max ? 49_152 : port + 1 }
            return port
        }
    }

    /// Goes on with every host, as far as the pace allows; true when nothing is left to find out.
    mutating func prove(_ now: MonotonicTime) -> Bool {
        var isDone = true
        nextProofTime = MonotonicTime(nanoseconds: .max)
        var allowance = min(pacer.allowance(at: now), SendBatch.capacity)
        for host in 0..<wave.hosts.count where wave.hosts[host].proof != nil {
            advance(host, now, &allowance)
            guard let due = wave.hosts[host].proof?.due(at: now) else { continue }
            isDone = false
            nextProofTime = min(nextProofTime, due)
        }
        _ = flush(now)
        return isDone
    }

    /// Does what is due for one host.
    private mutating func advance(_ host: Int, _ now: MonotonicTime, _ allowance: inout Int) {
        while let step = wave.hosts[host].proof?.step {
            switch step {
            case .resting(let until):
                guard now >= until else { return }
                let available = wave.hosts[host].queueCount
                wave.hosts[host].proof?.beginRound(of: available, at: now)
            case .asking:
                guard allowance > 0 else { return }
                allowance -= 1
                askNextOfRound(host)
                let patience = wave.hosts[host].patience(atMost: timeout)
                wave.hosts[host].proof?.noteAsked(at: now, patience: patience)
            case .settling(let until):
                let hasSpoken = wave.hosts[host].proof?.hasEverySpoken ?? true
                guard hasSpoken || now >= until else { return }
                wave.hosts[host].proof?.endSettling(at: now)
                if hasSpoken { settleRound(host, .nothing) }
            case .controlDue:
                guard allowance > 0, let control = wave.hosts[host].control else { return }
                allowance -= 1
                wave.hosts[host].hasControlAnswered = false
                askControl(host, control)
                let patience = wave.hosts[host].patience(atMost: timeout)
                wave.hosts[host].proof?.noteControlAsked(at: now, patience: patience)
            case .listening(let until):
                let hasAnswered = wave.hosts[host].hasControlAnswered
                guard hasAnswered || now >= until else { return }
                let result = wave.hosts[host].proof?.endRound(
                    controlAnswered: hasAnswered, at: now)
                settleRound(host, result ?? .nothing)
            case .seeking(let tries):
                guard allowance > 0 else { return }
                allowance -= 1
                askControl(host, wave.hosts[host].sought[tries - 1])
                wave.hosts[host].proof?.noteControlAsked(at: now, patience: timeout)
            case .sought(let until, _):
                let hasFound = wave.hosts[host].control != nil
                guard hasFound || now >= until else { return }
                wave.hosts[host].proof?.endSeeking(found: hasFound, at: now)
            case .done: return
            }
        }
    }

    /// Asks the next silent endpoint of the host's queue, with a request it has not had or one that
    /// may be repeated.
    private mutating func askNextOfRound(_ host: Int) {
        let number = takeFromQueue(host)
        let sequence = sequences[wave.layout.port(of: number)]
        let asked = wave.probes[number].asked
        var position = sequence.repeatable ?? 0
        let count = options.effort == .least ? sequence.ownCount : sequence.restCount
        for candidate in 0..<count where asked & (1 << UInt32(candidate)) == 0 {
            position = candidate
            break
        }
        if wave.probes[number].stage == .waiting {
            ask(number, position)
        } else {
            wave.hosts[host].proof?.noteSpokenBefore()
        }
    }

    /// How many rounds of `count` ports a port must stay silent in, to be taken for not closed.
    ///
    /// In a small round a lost datagram looks like silence, so it is asked as often as `--retries`
    /// says; a round of many in which nobody speaks is no accident of one datagram.
    private func neededRounds(_ count: Int) -> UInt8 {
        let attempts = UInt8(clamping: min(retries + 1, 20))
        return count < 64 ? attempts : max(1, attempts - 1)
    }

    /// Takes the number at the head of the host's queue; its place stays as it is until the round
    /// is settled.
    private mutating func takeFromQueue(_ host: Int) -> Int {
        let queued = wave.hosts[host]
        let number = wave.queue[queued.queueStart + queued.queueHead]
        wave.hosts[host].queueHead = (queued.queueHead + 1) % queued.queueCapacity
        wave.hosts[host].queueCount -= 1
        wave.hosts[host].roundCount += 1
        return Int(number)
    }

    /// Writes down what a round has shown, and queues again what stayed silent without a reason.
    private mutating func settleRound(_ host: Int, _ result: SilenceProof.Result) {
        let queued = wave.hosts[host]
        let capacity = queued.queueCapacity
        for offset in 0..<queued.roundCount {
            let place = (queued.queueHead + capacity - queued.roundCount + offset) % capacity
            let number = Int(wave.queue[queued.queueStart + place])
            guard wave.probes[number].stage == .waiting else { continue }
            if result == .silentAreNotClosed {
                wave.probes[number].quietRounds += 1
                if wave.probes[number].quietRounds >= neededRounds(queued.roundCount) {
                    wave.probes[number].controls = .answered
                    continue
                }
            }
            let tail = (wave.hosts[host].queueHead + wave.hosts[host].queueCount) % capacity
            wave.queue[queued.queueStart + tail] = UInt32(number)
            wave.hosts[host].queueCount += 1
        }
        wave.hosts[host].roundCount = 0
    }

    /// Writes down what is known of the silent endpoints whose turn did not come.
    mutating func endProof() {
        for host in 0..<wave.hosts.count {
            guard let proof = wave.hosts[host].proof else { continue }
            wave.hosts[host].proof = nil
            let reason: Silence.Controls
            if wave.hosts[host].control != nil {
                guard proof.hasBegun else { continue }
                reason = .limitSpent
            } else {
                guard proof.hasSoughtInVain, !wave.hosts[host].hasControlFailed else { continue }
                reason = .silent
            }
            for number in (host * wave.layout.portCount)..<((host + 1) * wave.layout.portCount)
            where wave.probes[number].stage == .waiting && wave.probes[number].controls != .answered
            {
                wave.probes[number].controls = reason
            }
        }
    }
}
