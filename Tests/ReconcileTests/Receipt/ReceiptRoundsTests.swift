import Prober
import Testing

@testable import Reconcile

@Suite struct ReceiptRoundsTests {
    private static let all = PortSet.all

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
            PortSet([1...65_535]),
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
        ("delivered to programs alone", [.init(rate: 2000, kinds: [.read])], 8192),
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

    @Test func `a question that cannot be settled is given up`() {
        let ports = PortSet([1...4096])
        var host = SimulatedHost(ports, noise: [.init(rate: 5000)], seed: 11)
        let (receipts, windows) = host.rounds(
            [SimulatedHost.closed(ports)], seed: 12, windows: 5000)
        #expect(receipts.isEmpty)
        #expect(windows < 1000, "\(windows)")
    }
}
