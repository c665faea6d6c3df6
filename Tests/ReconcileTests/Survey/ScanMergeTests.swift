import Prober
import Testing

@testable import Reconcile

@Suite struct ScanMergeTests {
    private static let target: IPAddress = "203.0.113.10"
    private static let plan = SurveyPlan(
        targets: [AddressRange(target)], ports: PortSpec(tcp: PortSet([1...100])))

    /// A file of a scan that saw `groups`; without an end record when `isCut`.
    private static func file(
        _ groups: [ObservationGroup], shard: String? = nil, requested: UInt128? = nil,
        id: String = "a", vantage: String = "outside", seed: UInt64 = 1, isCut: Bool = false,
        plan: SurveyPlan = plan
    ) -> [UInt8] {
        var plan = plan
        plan.shard = shard
        if let requested { plan.requested = requested }
        let seen = groups.filter { $0.state != .notTested }
            .reduce(UInt128(0)) { $0 + UInt128($1.ports.count) }
        return Survey(
            id: id, started: "2026-01-02T03:04:05Z",
            vantage: Vantage(name: vantage, addresses: ["198.51.100.2"]), seed: seed, plan: plan,
            groups: groups,
            ending: isCut
                ? .cut(lineCut: nil) : seen == plan.requested ? .complete : .interrupted
        ).fileBytes
    }

    private static func group(
        _ ports: ClosedRange<UInt16>, _ evidence: Evidence = .reset
    ) -> ObservationGroup {
        ObservationGroup(target, .tcp, PortSet([ports]), evidence, attempts: 1)
    }

    private func merge(
        _ files: [[UInt8]]
    ) throws -> (surveys: [Survey], outcomes: [MergeOutcome], bytes: [UInt8]) {
        var merge = ScanMerge()
        for (index, file) in files.enumerated() { try merge.add(file, source: "\(index)") }
        var bytes: [UInt8] = []
        let outcomes = merge.write { bytes += $0 }
        return (try Survey.all(parsing: bytes, source: "merged"), outcomes, bytes)
    }

    private func states(_ survey: Survey) -> [UInt16: PortState] {
        Dictionary(
            survey.groups.flatMap { group in group.ports.map { ($0, group.state) } },
            uniquingKeysWith: { first, _ in
                Issue.record("a port stands twice")
                return first
            })
    }

    /// Three disjoint parts of 34, 33 and 33 ports, as shards have them.
    private static let shards = [
        file(
            [group(1...1, .handshake), group(2...34)], shard: "1/3", requested: 34, id: "a"),
        file([group(35...67, .silence)], shard: "2/3", requested: 33, id: "b"),
        file([group(68...100)], shard: "3/3", requested: 33, id: "c"),
    ]

    @Test("shards become the whole scan, in whichever order", arguments: [[0, 1, 2], [2, 0, 1]])
    func whole(order: [Int]) throws {
        let (surveys, outcomes, _) = try merge(order.map { Self.shards[$0] })
        let survey = try #require(surveys.first)
        #expect(surveys.count == 1)
        #expect(survey.plan == Self.plan)
        #expect(survey.isComplete)
        #expect(states(survey).count == 100)
        #expect(survey.totals[.open] == 1)
        #expect(survey.totals[.closed] == 66)
        #expect(survey.totals[.filtered] == 33)
        #expect(outcomes[0].missing == 0)
        #expect(outcomes[0].missingShards.isEmpty && outcomes[0].cutShards.isEmpty)
        #expect(outcomes[0].partCount == 3)
        // Probes add up over scans.
        let lines = try merge(order.map { Self.shards[$0] }).bytes.split(separator: 0x0a)
        #expect(String(decoding: lines[lines.count - 1], as: UTF8.self).contains("\"probes\":21"))
    }

    @Test func `what is missing is named: shards without a file, and shards that are not whole`()
        throws
    {
        let cut = Self.file(
            [Self.group(1...20)], shard: "1/3", requested: 34, id: "a", isCut: true)
        let (surveys, outcomes, bytes) = try merge([cut, Self.shards[1]])
        #expect(surveys[0].ending == .interrupted)
        #expect(surveys[0].totals.requested == 100)
        #expect(surveys[0].totals[.notTested] == 47)
        #expect(outcomes[0].missing == 47)
        #expect(outcomes[0].missingShards == [Shard(3, of: 3)])
        #expect(outcomes[0].cutShards.map(\.shard) == [Shard(1, of: 3)])
        #expect(outcomes[0].cutShards.map(\.missing) == [14])
        // What is missing can be asked.
        let rest = try ResumableScan(parsing: bytes, source: "merged")
        #expect(rest.known.count == 53)
        #expect(rest.header.plan == Self.plan)
    }

    @Test func `parts of one shard are not the whole`() throws {
        let part = Self.file([Self.group(35...40, .silence)], shard: "2/3", requested: 33, id: "b")
        let (surveys, outcomes, _) = try merge([part, Self.shards[1]])
        #expect(surveys[0].plan.shard == nil)
        #expect(!surveys[0].isComplete)
        #expect(surveys[0].id == "b")
        #expect(outcomes[0].missing == 67)
        #expect(outcomes[0].missingShards == [Shard(1, of: 3), Shard(3, of: 3)])
        #expect(outcomes[0].cutShards.isEmpty)
        #expect(outcomes[0].conflicts.isEmpty)
        #expect(states(surveys[0]).count == 33)
    }

    @Test func `a merge of merges is the merge of all`() throws {
        let first = try merge([Self.shards[0], Self.shards[2]]).bytes
        let (surveys, outcomes, _) = try merge([first, Self.shards[1]])
        #expect(surveys[0].isComplete)
        #expect(outcomes[0].missing == 0)
        let all = try merge(Self.shards).surveys[0]
        #expect(states(surveys[0]) == states(all))
    }

    @Test func `what is not agreed on is marked, and the state that says most counts`() throws {
        let one = Self.file([
            Self.group(1...10, .silence), Self.group(11...20), Self.group(21...100),
        ])
        let two = Self.file([
            Self.group(1...4, .silence), Self.group(5...5, .handshake), Self.group(6...20),
        ])
        for files in [[one, two], [two, one]] {
            let (surveys, outcomes, bytes) = try merge(files)
            let states = states(surveys[0])
            #expect(states.count == 100)
            #expect(states[5] == .open)
            #expect(states[6] == .closed)
            #expect(states[4] == .filtered)
            #expect(surveys[0].totals.sum == 100)
            #expect(
                outcomes[0].conflicts == [
                    MergeConflict(
                        address: Self.target, transport: .tcp, ports: PortSet([5...5]),
                        states: [.open, .filtered]),
                    MergeConflict(
                        address: Self.target, transport: .tcp, ports: PortSet([6...10]),
                        states: [.closed, .filtered]),
                ])
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(
                text.contains(
                    """
                    {"type":"conflict","address":"203.0.113.10","transport":"tcp","ports":"6-10",\
                    "count":5,"states":["closed","filtered"]}

                    """))
            // The mark stays when the file is merged again.
            let again = try merge([bytes]).bytes
            #expect(
                String(decoding: again, as: UTF8.self).contains("\"type\":\"conflict\""))
        }
    }

    @Test func `failures on the scanning side give way to what another part saw`() throws {
        let failed = Self.group(1...50, .localFailure(.selfConnect))
        let one = Self.file([failed, Self.group(51...100)])
        let two = Self.file([Self.group(1...30, .silence)])
        let (surveys, outcomes, _) = try merge([one, two])
        #expect(surveys[0].totals[.filtered] == 30)
        #expect(surveys[0].totals[.notTested] == 20)
        #expect(outcomes[0].missing == 20)
        #expect(states(surveys[0]).count == 100)
    }

    @Test func `other vantages, seeds and plans stand by themselves`() throws {
        let files = [
            Self.file([Self.group(1...100)], vantage: "office"),
            Self.file([Self.group(1...100, .silence)], vantage: "internet"),
            Self.file([Self.group(1...100)], vantage: "office", seed: 2),
        ]
        let (surveys, outcomes, bytes) = try merge(files)
        #expect(surveys.map(\.vantage.name) == ["office", "internet", "office"])
        #expect(surveys.map(\.isComplete) == [true, true, true])
        #expect(outcomes.allSatisfy { $0.missing == 0 })
        let error = try #require(throws: InputError.self) {
            try Survey(parsing: bytes, source: "merged")
        }
        #expect(error.problem == "a second scan begins here")
    }

    @Test(
        "random scans, cut into random overlapping parts, become whole", arguments: UInt64(0)..<40)
    func random(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        var survey = Survey.random(using: &generator)
        let records = survey.records(probeCount: 7)
        let rows = records.filter { $0.group != nil }
        var files: [[UInt8]] = []
        var covered: Set<Int> = []
        for _ in 0..<4 {
            var bytes: [UInt8] = []
            records[0].write(to: &bytes)
            for index in rows.indices where Bool.random(using: &generator) {
                rows[index].write(to: &bytes)
                covered.insert(index)
            }
            files.append(bytes)
        }
        let (surveys, outcomes, _) = try merge(files)
        #expect(surveys.count == 1)
        #expect(outcomes[0].conflicts.isEmpty)
        survey.groups = rows.indices.filter(covered.contains).compactMap { rows[$0].group }
        let expected = SurveyTotals(
            requested: survey.plan.endpointCount, groups: survey.groups)
        #expect(surveys[0].totals == expected)
        #expect(outcomes[0].missing == expected[.notTested])
    }

    @Test func `more endpoints than a shard has are refused`() throws {
        var merge = ScanMerge()
        let file = Self.file([Self.group(1...60)], shard: "1/3", requested: 34, isCut: true)
        let error = try #require(throws: InputError.self) { try merge.add(file, source: "x") }
        #expect(error.problem == "it has endpoints that are not of its shard")
    }

    @Test func `XML is refused`() throws {
        var merge = ScanMerge()
        #expect(throws: InputError.self) { try merge.add(Array("<nmaprun/>".utf8), source: "x") }
    }
}
