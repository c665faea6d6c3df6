import Prober
import Testing

@testable import Reconcile

@Suite struct ReceiptRoundsTests {
    private static let all = PortSet.all
    private static let control = ReceiptControl(SimulatedHost.address, .udp, 9)

    @Test func `a quiet host decides every port in few windows`() {
        var host = SimulatedHost(Self.all, seed: 1)
        let (receipts, windows) = host.rounds([SimulatedHost.closed(Self.all)], seed: 2)
        #expect(receipts.count == 1)
        #expect(receipts.first?.ports == Self.all)
        #expect(receipts.first?.fate == .noPort)
        #expect(windows <= 2 + 3 * 32 + 8, "\(windows)")
        guard case .counter(.udpNoPort, let rise, let probes)? = receipts.first?.proofs.first else {
            Issue.record("\(receipts.first?.proofs ?? [])")
            return
        }
        #expect(rise == probes)
        #expect(probes >= 3 * 65_535)
    }

    @Test(
        "each fate has its sign",
        arguments: [
            (SimulatedHost.Truth.queued, Receipt.Fate.delivered), (.read, .delivered),
            (.full, .queueFull), (.upstream, .neverArrived), (.countlessRule, .arrived),
        ])
    func fate(of truth: SimulatedHost.Truth, is fate: Receipt.Fate) {
        let ports = PortSet(ports: [53])
        var host = SimulatedHost(ports, [truth: ports], seed: 3)
        host.controls = [Self.control]
        let (receipts, windows) = host.rounds([SimulatedHost.listening(53)], seed: 4)
        #expect(receipts.map(\.fate) == [fate])
        #expect(windows <= 12, "\(windows)")
        #expect(receipts.first?.proofs.isEmpty == false)
    }

    @Test func `a rule that counts is named, and one that does not shows that packets came`() {
        let ports = PortSet([1...100])
        var counting = SimulatedHost(ports, [.rule: ports], seed: 5)
        let named = counting.rounds([SimulatedHost.stopped(ports)], seed: 6).receipts
        #expect(named.map(\.fate) == [.stopped(SimulatedHost.rule)])
        var silent = SimulatedHost(ports, [.countlessRule: ports], seed: 5)
        let arrived = silent.rounds([SimulatedHost.stopped(ports)], seed: 6).receipts
        #expect(arrived.map(\.fate) == [.arrived])
    }

    @Test(
        "what is dropped on the way is found among what arrives",
        arguments: [
            PortSet([6000...6999]), PortSet(ports: [137, 138, 445, 1900]), PortSet(ports: [1]),
            PortSet([2...65_535]),
        ])
    func upstream(_ dropped: PortSet) {
        var host = SimulatedHost(Self.all, [.upstream: dropped], seed: 7)
        let (receipts, _) = host.rounds([SimulatedHost.closed(Self.all)], seed: 8)
        #expect(host.wrong(receipts).isEmpty)
        #expect(SimulatedHost.decided(receipts) == Self.all)
    }

    @Test func `an unread gauge leaves the question open`() {
        let ports = PortSet(ports: [9])
        var host = SimulatedHost(ports, seed: 9)
        let question = ReceiptQuestion(
            SimulatedHost.address, .udp, ports,
            [
                ReceiptHypothesis(
                    .delivered,
                    .share(.bytes([HostReading.SocketKey(.udp, .v4(0), 9, inode: 1)])))
            ])
        let (receipts, windows) = host.rounds([question], seed: 10)
        #expect(receipts.isEmpty)
        #expect(windows < 20)
    }

    /// What noise there is, and how many of 8192 ports must be decided at least.
    static let noises: [(name: String, noise: [SimulatedHost.Noise], least: Int)] = [
        ("one packet now and then", [.init(rate: 0.5)], 6000),
        ("five a second", [.init(rate: 5)], 0),
        ("a hundred a second", [.init(rate: 100)], 0),
        ("thousands a second", [.init(rate: 3000)], 0),
        ("one in each window", [.init(steadyRate: 70)], 0),
        ("as many as windows are long", [.init(steadyRate: 140)], 0),
        ("bursts of two", [.init(rate: 2, burst: 2)], 0),
        ("bursts of six", [.init(rate: 4, burst: 6)], 0),
        ("of every kind", [.init(rate: 8, kinds: [.noPort, .read, .countlessRule, .rule])], 0),
        ("delivered to programs alone", [.init(rate: 2000, kinds: [.read])], 8186),
    ]

    /// A few ports are lost for good, as many as the noise may make up for.
    @Test(
        "noise and loss together fake no receipt", arguments: noises.indices,
        0..<6 as Range<UInt64>)
    func noise(_ index: Int, seed: UInt64) {
        let (name, noise, least) = Self.noises[index]
        let ports = PortSet([1...8192])
        for dropped in [0, 1, 2, 6] {
            var generator = SplitMix64(state: seed &* 31 &+ UInt64(dropped))
            let lost = PortSet(
                ports: (0..<dropped).map { _ in UInt16.random(in: 1...8192, using: &generator) })
            var host = SimulatedHost(ports, [.upstream: lost], noise: noise, seed: seed)
            let (receipts, _) = host.rounds(
                [SimulatedHost.closed(ports)], seed: seed ^ 0xff, windows: 300)
            #expect(host.wrong(receipts).isEmpty, "\(name), \(lost)")
            #expect(SimulatedHost.decided(receipts).count >= least, "\(name), \(lost)")
        }
    }

    @Test("a path that loses packets fakes no receipt", arguments: 0..<6 as Range<UInt64>)
    func loss(seed: UInt64) {
        let ports = PortSet([1...4096])
        for loss in [0.0001, 0.001, 0.02] {
            var host = SimulatedHost(
                ports, [.upstream: PortSet(ports: [80])], noise: [.init(rate: 3)], loss: loss,
                seed: seed)
            let (receipts, _) = host.rounds([SimulatedHost.closed(ports)], seed: seed &+ 1)
            #expect(host.wrong(receipts).isEmpty, "\(loss)")
        }
    }

    @Test(
        "a socket that others use too gets a right receipt or none",
        arguments: 0..<40 as Range<UInt64>)
    func busySocket(seed: UInt64) {
        let port = PortSet(ports: [53])
        for truth in [SimulatedHost.Truth.queued, .read, .upstream, .full] {
            for kind in [SimulatedHost.Truth.queued, .read, .full] {
                var host = SimulatedHost(
                    port, [truth: port], noise: [.init(rate: 60, kinds: [kind])], seed: seed)
                let (receipts, _) = host.rounds([SimulatedHost.listening(53)], seed: seed &+ 9)
                #expect(host.wrong(receipts).isEmpty, "\(truth) among \(kind)")
            }
        }
    }

    @Test("a socket that no report has makes no receipt", arguments: 0..<20 as Range<UInt64>)
    func hidden(seed: UInt64) {
        for hidden in [PortSet([1...300]), PortSet(ports: [80]), PortSet([5...6])] {
            for loss in [0, 0.1] {
                var host = SimulatedHost(
                    PortSet([1...300]), [.hidden: hidden], loss: loss, seed: seed)
                host.controls = [ReceiptControl(SimulatedHost.address, .udp, 400)]
                let (receipts, _) = host.rounds(
                    [SimulatedHost.closed(PortSet([1...300]))], seed: seed &+ 1)
                #expect(host.wrong(receipts).isEmpty, "\(hidden)")
            }
        }
    }

    @Test func `the resets of the prober fake no closed port`() {
        let ports = PortSet([22...25])
        var host = SimulatedHost(ports, [.connected: ports], seed: 21)
        let question = ReceiptQuestion(
            SimulatedHost.address, .tcp, ports,
            ReceiptHypothesis.all(
                over: .tcp, .ipv4, ReceiptPlace(), ReceiptWay(isKnown: true), isAnswered: true))
        let (receipts, _) = host.rounds([question], seed: 22)
        #expect(receipts.allSatisfy { $0.fate == .arrived && $0.answer == .handshake })
        #expect(SimulatedHost.decided(receipts) == ports)
    }

    @Test("what a filter on the socket drops had room", arguments: 0..<10 as Range<UInt64>)
    func filtered(seed: UInt64) {
        let port = PortSet(ports: [53])
        var host = SimulatedHost(port, [.filtered: port], seed: seed)
        host.controls = [Self.control]
        let (receipts, _) = host.rounds([SimulatedHost.listening(53)], seed: seed &+ 1)
        #expect(host.wrong(receipts).isEmpty, "\(receipts)")
    }

    @Test func `that nothing came needs a control that is counted`() {
        let port = PortSet(ports: [53])
        for controls in [[], [ReceiptControl(SimulatedHost.address, .udp, 9)]] {
            // The control does not come either.
            var host = SimulatedHost(
                PortSet(ports: [9, 53]), [.upstream: PortSet(ports: [9, 53])], seed: 31)
            host.controls = controls
            #expect(host.rounds([SimulatedHost.listening(53)], seed: 32).receipts.isEmpty)
        }
        var counted = SimulatedHost(port, [.upstream: port], seed: 31)
        counted.controls = [Self.control]
        let receipts = counted.rounds([SimulatedHost.listening(53)], seed: 32).receipts
        #expect(receipts.map(\.fate) == [.neverArrived])
        #expect(receipts.first?.proofs.contains { $0.isRise(.ipReceived, 0) } ?? false)
    }

    @Test("a lossy path is no filter", arguments: 0..<20 as Range<UInt64>)
    func lossyPath(seed: UInt64) {
        let ports = PortSet([1...64])
        var host = SimulatedHost(ports, loss: 0.6, seed: seed)
        host.controls = [ReceiptControl(SimulatedHost.address, .udp, 400)]
        for port in ports {
            let (receipts, _) = host.rounds(
                [SimulatedHost.closed(PortSet(ports: [port]))], seed: seed &+ UInt64(port))
            #expect(host.wrong(receipts).isEmpty)
        }
    }

    @Test func `what once was seen to come did not stay away`() {
        let port = PortSet(ports: [53])
        let question = ReceiptQuestions(
            [SimulatedHost.listening(53)], controls: [Self.control])
        var rounds = ReceiptRounds(question, of: 1, seed: 41)
        var reading = SimulatedHost.reading
        var windows = 0
        while windows < 30, let step = rounds.step() {
            windows += 1
            let before = reading
            var sent: UInt64 = 0
            var used: ReceiptControl?
            if case .ask(_, let copies, let control) = step {
                sent = UInt64(copies)
                used = control
                if control != nil { reading.counters[.udpNoPort, default: 0] += 2 }
                reading.counters[.ipReceived, default: 0] += control == nil ? 0 : 2
                // Only the first of them arrives.
                if windows == 3 {
                    reading.counters[.ipReceived, default: 0] += sent
                    reading.counters[.udpRead, default: 0] += sent
                }
            }
            rounds.take(
                ReceiptWindow(
                    sent: sent, control: used, lasting: .milliseconds(20), from: before,
                    to: reading))
        }
        #expect(windows > 6)
        #expect(rounds.receipts.isEmpty, "\(rounds.receipts) \(port)")
    }

    @Test(
        "packets that come twice make up for no port", arguments: [0.0002, 0.0005, 0.002, 0.01],
        0..<8 as Range<UInt64>)
    func doubling(_ share: Double, seed: UInt64) {
        let ports = PortSet([1...4096])
        for lost in [PortSet(), PortSet(ports: [80]), PortSet(ports: [7, 3000])] {
            var host = SimulatedHost(ports, [.upstream: lost], seed: seed)
            host.doubling = share
            let (receipts, _) = host.rounds([SimulatedHost.closed(ports)], seed: seed &+ 3)
            #expect(host.wrong(receipts).isEmpty, "\(lost)")
        }
    }

    @Test func `an undelivered packet is told by what was really counted`() throws {
        let ports = PortSet([1...16])
        var host = SimulatedHost(
            ports, [.countlessRule: ports], noise: [.init(rate: 50, kinds: [.read])], seed: 51)
        let receipts = host.rounds([SimulatedHost.stopped(ports)], seed: 52).receipts
        let receipt = try #require(receipts.first)
        var rises: [KernelCounter: UInt64] = [:]
        var sent: UInt64 = 0
        for case .counter(let counter, let rise, let probes) in receipt.proofs {
            rises[counter, default: 0] += rise
            sent = probes
        }
        let received = try #require(rises[.ipReceived])
        let delivered = try #require(rises[.ipDelivered])
        #expect(delivered > 0)
        #expect(received - delivered == sent)
    }

    @Test func `a question that cannot be settled is given up`() {
        let ports = PortSet([1...4096])
        var host = SimulatedHost(ports, noise: [.init(rate: 5000)], seed: 11)
        let (receipts, windows) = host.rounds(
            [SimulatedHost.closed(ports)], seed: 12, windows: 5000)
        #expect(receipts.isEmpty)
        #expect(windows < 1000, "\(windows)")
    }
}

extension Receipt.Proof {
    fileprivate func isRise(_ wanted: KernelCounter, _ expected: UInt64) -> Bool {
        if case .counter(wanted, expected, _) = self { true } else { false }
    }
}
