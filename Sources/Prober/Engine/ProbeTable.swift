import BasicContainers

/// The probes in hand: under way, waiting for their next attempt, or held back.
///
/// Owned by one worker thread.
struct ProbeTable: ~Copyable {
    /// The slots, by number.
    ///
    /// Reached directly: an accessor of our own that yields one allocates a frame at each call.
    var slots: RigidArray<ProbeSlot>
    /// The slots that hold no probe, linked by their `next`; -1 when there is none.
    private var firstFree: Int = -1
    /// How many slots hold a probe.
    private(set) var count = 0

    /// An empty table with room for `capacity` probes, at least 1.
    ///
    /// A slot is made when it is needed for the first time.
    init(capacity: Int) { slots = RigidArray(capacity: capacity) }

    /// How many probes can be in hand.
    var capacity: Int { slots.capacity }

    /// Whether no slot is left.
    var isFull: Bool { count == slots.capacity }

    /// Whether no slot holds a probe.
    var isEmpty: Bool { count == 0 }

    /// Takes a slot for a probe of `endpoint`, to which `path` leads.
    ///
    /// The table must not be full.
    mutating func take(for endpoint: Endpoint, on path: Int) -> Int {
        var index = firstFree
        if index < 0 {
            index = slots.count
            slots.append(ProbeSlot())
        } else {
            firstFree = slots[index].next
        }
        slots[index].begin(endpoint, on: path)
        count += 1
        return index
    }

    /// Gives the slot back.
    ///
    /// It must be in no list, and its socket closed.
    mutating func release(_ index: Int) {
        slots[index].next = firstFree
        firstFree = index
        count -= 1
    }
}

/// One probe in hand.
struct ProbeSlot: ~Copyable {
    /// What is asked about.
    var endpoint = Endpoint(.v4(0), .tcp, 0)
    /// The socket of the present attempt.
    var socket: ProbeSocket?
    /// How often a socket was opened in this slot, which tells a late event from a fresh one.
    var generation: UInt32 = 0
    /// The way to the endpoint: see ``PathTable``.
    var path: UInt32 = 0
    /// How many attempts ran out of time.
    var silences: UInt16 = 0
    /// How many SYNs went unanswered since the way was last found congested, and when that was.
    var lostInEra: UInt16 = 0
    var era: UInt8 = 0
    /// How long the first and the present attempt wait: see ``AttemptTimes``.
    var firstTimeClass: UInt8 = 0
    var timeClass: UInt8 = 0
    /// How many SYNs the attempts before the present one sent.
    var packets: UInt16 = 0
    /// How often the probe failed on this side.
    var localFailures: UInt8 = 0
    /// Whether the answer may come from one of our own sockets: see ``OwnPorts``.
    var mayMeetProbe = false
    /// How often it left from afar, because the ports that rule such a meeting out are all taken.
    var detours: UInt8 = 0
    /// How often a handshake may have been with one of our own sockets.
    var doubtfulHandshakes: UInt8 = 0
    /// How often the socket was joined to itself.
    var selfConnects: UInt8 = 0
    /// How far the talk on an established connection has come.
    var talk = TalkStep.none
    /// How long the handshake took, in microseconds; 0 when that is not known.
    var handshakeTime: UInt32 = 0
    /// When the present attempt was sent, or the pause began.
    var since = MonotonicTime(nanoseconds: 0)
    /// The neighbours in whichever list the slot is in; -1 for none.
    var next: Int = -1
    var previous: Int = -1

    /// Starts afresh with `endpoint`.
    mutating func begin(_ endpoint: Endpoint, on path: Int) {
        self.endpoint = endpoint
        self.path = UInt32(truncatingIfNeeded: path)
        silences = 0
        lostInEra = 0
        packets = 0
        localFailures = 0
        mayMeetProbe = false
        detours = 0
        doubtfulHandshakes = 0
        selfConnects = 0
        talk = .none
    }
}
