import BasicContainers
import SystemPackage

extension ConnectEngine {
    /// Sends the first SYN of a new attempt for the probe in `slot`, which is in no list.
    ///
    /// False when nothing was sent, because this machine could not.
    mutating func attempt(_ slot: Int, at now: MonotonicTime) -> Bool {
        let endpoint = table.slots[slot].endpoint
        do {
            let socket = try makeSocket(for: slot)
            let outcome = socket.connect(to: endpoint.address, port: endpoint.port)
            table.slots[slot].generation &+= 1
            table.slots[slot].since = now
            switch outcome {
            case .pending, .connected:
                try epoll.add(socket, tag: tag(of: slot))
                table.slots[slot].socket = consume socket
                startWaiting(slot)
                return true
            case .failed(let errno):
                failLocally(slot, SystemCallFailure(.connect, errno), at: now)
            }
        } catch {
            failLocally(slot, error, at: now)
        }
        return false
    }

    /// Puts a sent attempt among those that wait, for as long as answers on its path may take.
    private mutating func startWaiting(_ slot: Int) {
        let path = Int(table.slots[slot].path)
        let silences = table.slots[slot].silences
        let timeClass = limits.times.timeClass(
            patience: paths.patience(of: path), silences: silences)
        if silences == 0 { table.slots[slot].firstTimeClass = timeClass }
        table.slots[slot].timeClass = timeClass
        hands[path].inFlight += 1
        awaiting[Int(timeClass)].append(slot, in: &table)
        awaitingCount += 1
    }

    /// A socket that leaves as the plan says, and on this machine so that it meets no other probe.
    private mutating func makeSocket(
        for slot: Int
    ) throws(SystemCallFailure) -> ProbeSocket {
        let endpoint = table.slots[slot].endpoint
        let source = route.source(for: endpoint.address.family)
        let socket = try ProbeSocket(endpoint.address.family)
        if let interface = route.interface { try socket.bind(toInterface: interface) }
        table.slots[slot].mayMeetProbe = false
        if ownPorts.concern(endpoint) {
            let detours = table.slots[slot].detours
            let number = detours &+ table.slots[slot].doubtfulHandshakes
            if detours > 0, let port = ownPorts.detour(for: endpoint.port, number: number) {
                table.slots[slot].mayMeetProbe = true
                try socket.bind(to: source ?? endpoint.address.wildcard, port: port)
                return socket
            }
            let sources = ownPorts.sources(for: endpoint.port)
            let isKeptApart = sources.map { socket.chooseSource(from: $0) } ?? false
            table.slots[slot].mayMeetProbe = !isKeptApart
        }
        if let source { try socket.bind(to: source) }
        return socket
    }

    /// What the epoll set gives back with an event: the slot, and which socket of it.
    func tag(of slot: Int) -> UInt64 {
        UInt64(table.slots[slot].generation) << 32 | UInt64(slot)
    }

    /// Deals with a failure of this machine: pause and try again, or conclude that it lasts.
    ///
    /// While other probes hold descriptors or memory, a shortage of them does not count: they will
    /// be given back, and the window shrinks so that fewer are asked for.
    mutating func failLocally(_ slot: Int, _ failure: SystemCallFailure, at now: MonotonicTime) {
        let allowed: UInt8
        switch failure.errno {
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noBufferSpace, .noMemory, .noSpace:
            allowed = limits.shortages
            if awaitingCount > 0 {
                window = awaitingCount
                return rest(slot, as: .failed, at: now)
            }
        // Ports are short only while probes hold them; else the address itself is not to be had.
        case .addressNotAvailable, .resourceTemporarilyUnavailable:
            if takesDetour(slot) { return due.append(slot, in: &table) }
            allowed = awaitingCount == 0 ? limits.refusals : limits.shortages
        case .addressInUse:
            if takesDetour(slot) { return due.append(slot, in: &table) }
            allowed = limits.refusals
        default: allowed = limits.refusals
        }
        table.slots[slot].localFailures += 1
        if table.slots[slot].localFailures >= allowed {
            conclude(slot, .localFailure(.system(failure.call, failure.errno)), at: now)
        } else {
            rest(slot, as: .failed, at: now)
        }
    }

    /// Whether the probe is to leave from afar, because the ports it should leave from are taken.
    private mutating func takesDetour(_ slot: Int) -> Bool {
        guard ownPorts.concern(table.slots[slot].endpoint),
            table.slots[slot].detours < limits.detours
        else { return false }
        table.slots[slot].detours += 1
        return true
    }

    /// Closes the socket of a waiting attempt and counts the SYNs it sent.
    mutating func closeAttempt(_ slot: Int, at now: MonotonicTime) {
        leaveWaiting(slot)
        let repeats = countRepeats(slot, after: now.nanoseconds(since: table.slots[slot].since))
        table.slots[slot].socket = nil
        table.slots[slot].packets &+= 1 &+ repeats
    }

    /// Takes an attempt from those that wait.
    mutating func leaveWaiting(_ slot: Int) {
        awaiting[Int(table.slots[slot].timeClass)].remove(slot, in: &table)
        awaitingCount -= 1
        leaveWindow(of: Int(table.slots[slot].path))
    }

    /// How often the kernel repeated the SYN of an attempt that is `waited` nanoseconds old.
    ///
    /// It does so after a second (RFC 6298, 2.1), so a younger attempt sent one.
    mutating func countRepeats(_ slot: Int, after waited: UInt64) -> UInt16 {
        guard waited >= limits.firstRepeat else { return 0 }
        let repeats = table.slots[slot].socket?.handshakeFacts()?.retransmissions ?? 0
        pacer.record(Int(repeats))
        return repeats
    }
}
