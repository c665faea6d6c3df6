import Prober
import Testing

@testable import Reconcile

@Suite struct DifferenceTests {
    private static let place = EndpointMap.Place(
        vantage: nil, address: "203.0.113.10", transport: .udp)

    private static func map(_ facts: EndpointFacts?, _ ports: ClosedRange<UInt16> = 1...1)
        -> EndpointMap
    {
        var map = EndpointMap()
        if let facts { map.add(facts, PortSet([ports]), at: place) }
        return map
    }

    private static func outcome(_ difference: Difference) -> String {
        let changes = difference.changes.map(\.kind.rawValue)
        let noise = difference.noise.keys.map(\.rawValue)
        return (changes + noise).joined(separator: " ") + " " + difference.conclusion.rawValue
    }

    private static let open = EndpointFacts(.open, code: "C1", owner: "nginx", rule: "a")
    private static let shut = EndpointFacts(.shut, code: "C2")

    @Test(
        "what one side says and the other does decides what changed",
        arguments: [
            (open, open, " not-grown"), (shut, open, "opened grown"),
            (open, shut, "closed not-grown"),
            // Never asked before is never opened.
            (nil, open, "newly-seen undecided"), (.missing, open, "newly-seen undecided"),
            (EndpointFacts(.undecided), open, "newly-seen undecided"),
            (EndpointFacts(.unstable), open, "newly-seen undecided"),
            (nil, shut, "not-tested-in-old not-grown"),
            (nil, EndpointFacts(.undecided), "not-tested-in-old undecided"),
            // What is not tested now may be open.
            (shut, nil, "not-tested-in-new undecided"),
            (EndpointFacts(.undecided), nil, "not-tested-in-new undecided"),
            (open, nil, "not-tested-in-old not-grown"),
            (shut, EndpointFacts(.undecided), "undecided-udp undecided"),
            (EndpointFacts(.undecided), shut, "undecided-udp not-grown"),
            (open, EndpointFacts(.undecided), "undecided-udp not-grown"),
            (EndpointFacts(.undecided), EndpointFacts(.undecided), " not-grown"),
            (shut, EndpointFacts(.unstable), "unstable undecided"),
            (nil, EndpointFacts(.unstable), "not-tested-in-old undecided"),
            (open, EndpointFacts(.unstable), "unstable not-grown"),
            (EndpointFacts(.undecided), EndpointFacts(.unstable), "unstable not-grown"),
            // Open at times is exposed at times.
            (shut, EndpointFacts(.openAtTimes), "newly-seen undecided"),
            (nil, EndpointFacts(.openAtTimes), "newly-seen undecided"),
            (EndpointFacts(.unstable), EndpointFacts(.openAtTimes), "newly-seen undecided"),
            (open, EndpointFacts(.openAtTimes), "unstable not-grown"),
            (EndpointFacts(.openAtTimes), open, "unstable not-grown"),
            (EndpointFacts(.openAtTimes), nil, "not-tested-in-old not-grown"),
            (EndpointFacts(.openAtTimes), EndpointFacts(.openAtTimes), " not-grown"),
            (
                open, EndpointFacts(.open, code: "C1", owner: "nc", rule: "a"),
                "owner-changed not-grown"
            ),
            (open, EndpointFacts(.open, code: "C1", owner: nil, rule: "a"), " not-grown"),
            (
                open, EndpointFacts(.open, code: "C1", owner: "nginx", rule: "b"),
                "rule-changed not-grown"
            ),
            (
                open, EndpointFacts(.open, code: "E1", owner: "nginx", rule: "a"),
                "code-changed not-grown"
            ),
            (shut, EndpointFacts(.shut, code: "C3"), "code-changed not-grown"),
        ] as [(EndpointFacts?, EndpointFacts?, String)])
    func change(_ old: EndpointFacts?, _ new: EndpointFacts?, is expected: String) {
        #expect(Self.outcome(Difference(from: Self.map(old), to: Self.map(new))) == expected)
    }

    @Test(
        "sockets of clients come and go without a word",
        arguments: [(shut, open), (open, shut), (nil, open)] as [(EndpointFacts?, EndpointFacts?)])
    func clients(_ old: EndpointFacts?, _ new: EndpointFacts?) {
        let difference = Difference(
            from: Self.map(old), to: Self.map(new), clients: PortSet([1...9]))
        #expect(Self.outcome(difference) == "client-udp not-grown")
    }

    @Test func `a look that ended early tells no growth away`() {
        let difference = Difference(
            from: Self.map(Self.shut), to: Self.map(Self.shut), isNewIncomplete: true)
        #expect(difference.conclusion == .undecided)
        let grown = Difference(
            from: Self.map(Self.shut), to: Self.map(Self.open), isNewIncomplete: true)
        #expect(grown.conclusion == .grown)
    }

    private static func random(_ generator: inout SplitMix64) -> (
        EndpointMap, [UInt16: EndpointFacts]
    ) {
        var map = EndpointMap()
        var each: [UInt16: EndpointFacts] = [:]
        for _ in 0..<6 {
            let low = UInt16.random(in: 0...60, using: &generator)
            let ports = low...(low + UInt16.random(in: 0...20, using: &generator))
            let facts = EndpointFacts(
                EndpointFacts.Reach.allCases.randomElement(using: &generator) ?? .open,
                code: ["C1", "E1"].randomElement(using: &generator),
                owner: [nil, "a", "b"].randomElement(using: &generator) ?? nil)
            map.add(facts, PortSet([ports]), at: place)
            // What was added first stays.
            for port in ports where each[port] == nil { each[port] = facts }
        }
        return (map, each)
    }

    @Test(arguments: UInt64(0)..<100)
    func `ranges come to the same as ports one by one`(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        let (oldMap, old) = Self.random(&generator)
        let (newMap, new) = Self.random(&generator)
        let whole = Difference(from: oldMap, to: newMap)
        var changes: [Difference.Kind: PortSet] = [:]
        var noise: [Difference.Noise: UInt64] = [:]
        var unchanged: UInt64 = 0
        var possiblyOpened: UInt64 = 0
        for port in Set(old.keys).union(new.keys) {
            let one = Difference(
                from: Self.map(old[port], port...port), to: Self.map(new[port], port...port))
            for change in one.changes {
                changes[change.kind] = (changes[change.kind] ?? PortSet()).union(change.ports)
            }
            noise.merge(one.noise, uniquingKeysWith: +)
            unchanged += one.unchangedCount
            possiblyOpened += one.possiblyOpenedCount
        }
        #expect(whole.noise == noise)
        #expect(whole.possiblyOpenedCount == possiblyOpened)
        #expect(whole.unchangedCount == unchanged)
        for kind in Difference.Kind.allCases {
            let ports = whole.changes.filter { $0.kind == kind }
                .reduce(PortSet()) { $0.union($1.ports) }
            #expect(ports == changes[kind] ?? PortSet())
        }
        let itself = Difference(from: oldMap, to: oldMap)
        #expect(itself.changes.isEmpty && itself.noise.isEmpty)
    }
}
