import Prober

@testable import Reconcile

/// A host that counts packets as Linux does, with what else goes on there.
struct SimulatedHost {
    /// What becomes of packets to a port.
    enum Truth: Hashable {
        case noPort, upstream, rule, countlessRule, queued, full, read
        /// At a socket that no report has, which nobody reads.
        case hidden
        /// Dropped by a filter on the socket.
        case filtered
        /// A connection, which the prober resets.
        case connected
    }

    /// What comes without anybody asking for it.
    struct Noise {
        /// Events a second, at random times.
        var rate = 0.0
        /// Events a second, one after the other at the same distance.
        var steadyRate = 0.0
        /// How many packets each event is.
        var burst: UInt64 = 1
        /// What it moves.
        var kinds: [Truth] = [.noPort]
    }

    var truth: [Truth: PortSet]
    var noise: [Noise]
    /// The share of packets that get lost on the way.
    var loss: Double
    /// The share of packets that come twice.
    var doubling = 0.0
    /// A port that is known to refuse.
    var controls: [ReceiptControl] = []
    /// How many ports the host is asked about.
    let ports: PortSet
    private var reading = HostReading()
    private var generator: SplitMix64
    private var time = 0.0

    static let address = IPAddress.v4(0xcb00_710a)
    static let socket = HostReading.SocketKey(.udp, .v4(0), 53, inode: 7)
    static let place = ReceiptPlace(sockets: [socket], tellsBytes: true, tellsDrops: true)
    static let rule = RuleReference(
        family: .inet, table: "t", chain: "input", place: .handle(4), text: "drop", packets: 0)

    private static let ruleKey = HostReading.RuleKey(
        family: .inet, table: "t", chain: "input", place: .handle(4), text: "drop")

    /// A host where `truth` holds for these ports, and every other of `ports` has no listener.
    init(
        _ ports: PortSet, _ truth: [Truth: PortSet] = [:], noise: [Noise] = [], loss: Double = 0,
        seed: UInt64
    ) {
        self.ports = ports
        self.truth = truth
        self.noise = noise
        self.loss = loss
        generator = SplitMix64(state: seed)
        reading = Self.reading
    }

    /// What is read of it at first.
    static var reading: HostReading {
        var reading = HostReading()
        for counter in KernelCounter.allCases { reading.counters[counter] = 1000 }
        reading.sockets[Self.socket] = HostReading.SocketLoad(bytes: 0, drops: 0)
        reading.rules[Self.ruleKey] = 0
        return reading
    }

    func truth(of port: UInt16) -> Truth {
        truth.first { $0.value.contains(port) }?.key ?? .noPort
    }

    /// Goes through rounds with `questions`; the receipts, and how many windows it took.
    mutating func rounds(
        _ questions: [ReceiptQuestion], of count: Int = 2048, seed: UInt64, windows limit: Int = 400
    ) -> (receipts: [Receipt], windows: Int) {
        var rounds = ReceiptRounds(
            ReceiptQuestions(questions, controls: controls), of: count, loss: loss, seed: seed)
        var windows = 0
        while windows < limit, let step = rounds.step() {
            windows += 1
            let before = reading
            var sent: UInt64 = 0
            var seconds = 0.05
            var used: ReceiptControl?
            if case .ask(let question, let copies, let control) = step {
                used = control
                if let control {
                    arrive(
                        truth(of: control.port), survivors(Int(ReceiptControl.copies)))
                }
                sent = UInt64(question.ports.count * copies)
                var rest = question.ports
                for (kind, ports) in truth {
                    arrive(kind, survivors(rest.intersection(ports).count * copies))
                    rest = rest.subtracting(ports)
                }
                arrive(.noPort, survivors(rest.count * copies))
                seconds = 0.012 + Double(sent) * 7e-6
            }
            pass(seconds)
            rounds.take(
                ReceiptWindow(
                    sent: sent, control: used, lasting: .nanoseconds(Int64(seconds * 1e9)),
                    from: before,
                    to: reading))
        }
        return (rounds.receipts, windows)
    }

    /// How many of `count` packets do not get lost.
    private mutating func survivors(_ count: Int) -> UInt64 {
        guard loss > 0 || doubling > 0 else { return UInt64(count) }
        var survivors: UInt64 = 0
        for _ in 0..<count where Double.random(in: 0..<1, using: &generator) >= loss {
            survivors += Double.random(in: 0..<1, using: &generator) < doubling ? 2 : 1
        }
        return survivors
    }

    /// Lets `seconds` pass, in which other things happen.
    private mutating func pass(_ seconds: Double) {
        for item in noise {
            var events: UInt64 = 0
            if item.rate > 0 {
                let slices = max(1, Int(seconds * 1000))
                let chance = item.rate * seconds / Double(slices)
                for _ in 0..<slices
                where Double.random(in: 0..<1, using: &generator) < chance { events += 1 }
            }
            if item.steadyRate > 0 {
                events +=
                    UInt64((time + seconds) * item.steadyRate) - UInt64(time * item.steadyRate)
            }
            for kind in item.kinds { arrive(kind, events * item.burst) }
        }
        time += seconds
    }

    private mutating func arrive(_ truth: Truth, _ count: UInt64) {
        guard truth != .upstream else { return }
        var load = reading.sockets[Self.socket] ?? HostReading.SocketLoad(bytes: 0, drops: 0)
        defer { reading.sockets[Self.socket] = load }
        reading.counters[.ipReceived, default: 0] += count
        switch truth {
        case .upstream: break
        case .rule: reading.rules[Self.ruleKey, default: 0] += count
        case .countlessRule: break
        case .noPort:
            reading.counters[.ipDelivered, default: 0] += count
            reading.counters[.udpNoPort, default: 0] += count
        case .queued:
            reading.counters[.ipDelivered, default: 0] += count
            load.bytes = (load.bytes ?? 0) + 832 * count
        case .full:
            reading.counters[.ipDelivered, default: 0] += count
            reading.counters[.udpErrors, default: 0] += count
            reading.counters[.udpBufferFull, default: 0] += count
            load.drops = (load.drops ?? 0) + count
        case .hidden: reading.counters[.ipDelivered, default: 0] += count
        case .filtered:
            reading.counters[.ipDelivered, default: 0] += count
            reading.counters[.udpErrors, default: 0] += count
            load.drops = (load.drops ?? 0) + count
        case .connected:
            reading.counters[.ipReceived, default: 0] += 2 * count
            reading.counters[.ipDelivered, default: 0] += 3 * count
            reading.counters[.tcpPassiveOpens, default: 0] += count
            reading.counters[.tcpResets, default: 0] += count
        case .read:
            reading.counters[.ipDelivered, default: 0] += count
            reading.counters[.udpRead, default: 0] += count
        }
    }

    /// The ports of `receipts` whose fate is not what became of them.
    func wrong(_ receipts: [Receipt]) -> PortSet {
        PortSet(
            ports: receipts.flatMap { receipt in
                receipt.ports.filter { !Self.fates(of: truth(of: $0)).contains(receipt.fate) }
            })
    }

    /// The ports that have a receipt.
    static func decided(_ receipts: [Receipt]) -> PortSet {
        PortSet(receipts.flatMap(\.ports.ranges))
    }

    private static func fates(of truth: Truth) -> [Receipt.Fate] {
        switch truth {
        case .noPort: [.noPort]
        case .upstream: [.neverArrived]
        case .rule: [.stopped(rule), .arrived]
        case .countlessRule: [.arrived]
        case .queued, .read: [.delivered]
        case .full: [.queueFull]
        case .hidden, .filtered, .connected: [.arrived]
        }
    }

    /// A question about `ports`, where nothing listens and the rules accept.
    static func closed(_ ports: PortSet) -> ReceiptQuestion {
        ReceiptQuestion(
            address, .udp, ports,
            ReceiptHypothesis.all(over: .udp, .ipv4, ReceiptPlace(), ReceiptWay(isKnown: true)))
    }

    /// A question about `ports` that the rule is to stop.
    static func stopped(_ ports: PortSet) -> ReceiptQuestion {
        let way = ReceiptWay(isKnown: true, rule: rule, isStopped: true)
        return ReceiptQuestion(
            address, .udp, ports,
            ReceiptHypothesis.all(over: .udp, .ipv4, ReceiptPlace(), way), rule: rule)
    }

    /// A question about the port of the socket.
    static func listening(_ port: UInt16) -> ReceiptQuestion {
        ReceiptQuestion(
            address, .udp, PortSet(ports: [port]),
            ReceiptHypothesis.all(over: .udp, .ipv4, place, ReceiptWay(isKnown: true)))
    }
}
