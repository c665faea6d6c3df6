import Testing

@testable import Prober

@Suite struct SilenceProofTests {
    private static let second: UInt64 = 1_000_000_000
    private static let linux = SimulatedHost.Limit.bucket(interval: second, burst: 6)
    private static let linuxIPv6 = SimulatedHost.Limit.bucket(interval: second / 10, burst: 6)
    private static let freeBSD = SimulatedHost.Limit.window(200)
    private static let limits: [SimulatedHost.Limit] = [
        linux, linuxIPv6, freeBSD, .bucket(interval: second / 100, burst: 10), .none,
    ]

    /// As many ports as `count`, of which chance makes a share closed.
    private static func ports(_ count: Int, closed share: Double, seed: UInt64) -> [Bool] {
        var generator = SplitMix64(state: seed)
        return (0..<count).map { _ in Double.random(in: 0..<1, using: &generator) < share }
    }

    @Test(
        "no closed port is said not to be, whatever the host's limit",
        arguments: limits, [0.001, 0.02, 0.3, 0.9])
    func sound(limit: SimulatedHost.Limit, share: Double) {
        for seed in UInt64(0)..<8 {
            for roundTrip in [UInt64(50_000), 40_000_000] {
                for gap in [UInt64(2_000), 200_000] {
                    var proof = SimulatedProof(
                        limit, isClosed: Self.ports(3000, closed: share, seed: seed))
                    proof.roundTrip = roundTrip
                    proof.gap = gap
                    proof.run(budget: 60 * Self.second)
                    #expect(proof.wronglySettled.isEmpty, "\(seed) \(roundTrip) \(gap)")
                    #expect(proof.baselessCount == 0)
                }
            }
        }
    }

    @Test func `without an answer of the control nothing is concluded`() {
        var proof = SimulatedProof(.mute, isClosed: Self.ports(1000, closed: 0.5, seed: 1))
        proof.run(budget: 60 * Self.second)
        #expect(proof.settled.isEmpty && proof.spoken.isEmpty)
    }

    @Test func `a host that never speaks is left alone after three tries`() {
        var proof = SimulatedProof(.mute, isClosed: Self.ports(1000, closed: 0.5, seed: 1))
        proof.run(hasControl: false, budget: 60 * Self.second)
        #expect(proof.requestCount == SilenceProof.tries)
        #expect(proof.elapsed < 5 * Self.second)
    }

    /// One error a second is all that Linux gives.
    @Test("closed ports of Linux are proven at its own pace", arguments: [nil, second])
    func pace(told: UInt64?) {
        for roundTrip in [UInt64(200_000), 40_000_000] {
            var proof = SimulatedProof(
                Self.linux, isClosed: [Bool](repeating: true, count: 500))
            proof.roundTrip = roundTrip
            proof.run(told: told, budget: 120 * Self.second)
            #expect(proof.rate >= (told == nil ? 0.8 : 0.97))
            #expect(proof.requestsForEach <= 4)
            #expect(proof.settled.isEmpty)
        }
    }

    @Test(
        "closed ports of other hosts are proven at a pace that is found out",
        arguments: [
            (linuxIPv6, 5), (freeBSD, 100), (.bucket(interval: second / 100, burst: 10), 10),
        ] as [(SimulatedHost.Limit, Double)])
    func pace(limit: SimulatedHost.Limit, least: Double) {
        var proof = SimulatedProof(limit, isClosed: [Bool](repeating: true, count: 50_000))
        proof.run(budget: 30 * Self.second)
        #expect(proof.rate >= least)
        #expect(proof.requestsForEach <= 4)
        #expect(proof.settled.isEmpty)
    }

    @Test("a host without a limit says everything in few rounds", arguments: [nil, UInt64(0)])
    func unlimited(told: UInt64?) {
        var proof = SimulatedProof(.none, isClosed: [Bool](repeating: true, count: 65_535))
        proof.run(told: told, budget: 30 * Self.second)
        #expect(proof.spoken.count == 65_535)
        #expect(proof.roundCount <= 12)
        #expect((65_535...65_550).contains(proof.requestCount))
    }

    @Test("silent ports of a host that speaks need few rounds", arguments: limits)
    func silent(limit: SimulatedHost.Limit) {
        var proof = SimulatedProof(limit, isClosed: [Bool](repeating: false, count: 65_535))
        proof.run(budget: 30 * Self.second)
        #expect(proof.settled.count == 65_535)
        #expect(proof.roundCount <= 8)
        #expect(proof.requestCount == 65_535 + proof.roundCount)
    }

    @Test("a few closed ports among silent ones are found out", arguments: limits, [1, 5, 20])
    func few(limit: SimulatedHost.Limit, count: Int) {
        var isClosed = [Bool](repeating: false, count: 2000)
        for number in 0..<count { isClosed[number * 97] = true }
        var proof = SimulatedProof(limit, isClosed: isClosed)
        proof.run(budget: 600 * Self.second)
        #expect(proof.wronglySettled.isEmpty)
        #expect(proof.undecidedCount == 0)
    }

    /// Without being told, a host that is slower than Linux's default cannot be known for one.
    @Test("a host slower than most is judged rightly when its pace is told", arguments: [2, 5, 10])
    func slow(interval: UInt64) {
        let limit = SimulatedHost.Limit.bucket(interval: interval * Self.second, burst: 6)
        for seed in UInt64(0)..<20 {
            var proof = SimulatedProof(
                limit, isClosed: Self.ports(3000, closed: 0.001, seed: seed))
            proof.gap = 200_000
            proof.run(told: interval * Self.second, budget: 60 * interval * Self.second)
            #expect(proof.wronglySettled.isEmpty)
            #expect(proof.settled.count > 2500)
        }
    }

    @Test func `a round of ports that spoke before is over without a control`() {
        let now = MonotonicTime(nanoseconds: 5_000_000_000)
        var proof = SilenceProof(
            hasControl: true, told: nil, lastUse: MonotonicTime(nanoseconds: 0), at: now)
        proof.beginRound(of: 2, at: now)
        for _ in 0..<2 {
            proof.noteSpokenBefore()
            proof.noteAsked(at: now, patience: 7)
        }
        #expect(proof.due(at: now) == now.advanced(byNanoseconds: 7))
        let hasEverySpoken = proof.hasEverySpoken
        #expect(hasEverySpoken)
        proof.endSettling(at: now)
        #expect(proof.step == .resting(until: now))
        proof.beginRound(of: 0, at: now)
        #expect(proof.step == .done)
        #expect(proof.due(at: now) == nil)
    }

    /// What a rest of the host is for: without it the control may have had the only error.
    @Test func `a round right after the host was asked claims nothing`() {
        let now = MonotonicTime(nanoseconds: 5_000_000_000)
        for (lastUse, expected) in [
            (now, SilenceProof.Result.nothing),
            (MonotonicTime(nanoseconds: 4_000_000_000), .nothing),
            (MonotonicTime(nanoseconds: 3_000_000_000), .silentAreNotClosed),
        ] {
            var proof = SilenceProof(hasControl: true, told: nil, lastUse: lastUse, at: now)
            proof.beginRound(of: 1, at: now)
            proof.noteAsked(at: now, patience: 0)
            proof.endSettling(at: now)
            proof.noteControlAsked(at: now, patience: 1)
            let result = proof.endRound(controlAnswered: true, at: now)
            #expect(result == expected)
        }
    }
}
