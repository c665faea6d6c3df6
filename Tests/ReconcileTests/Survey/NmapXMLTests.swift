import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

/// Our XML against nmap's DTD and against the reader of nmap's.
@Suite struct NmapXMLTests {
    /// The survey as `prober scan --format xml` writes it.
    private func xml(
        _ survey: Survey, each listsEach: Bool = false, arguments: [String] = ["prober", "scan"],
        services: String = ""
    ) -> [UInt8] {
        let header = ScanRecord.Header(
            id: survey.id, started: survey.started, vantage: survey.vantage, seed: survey.seed,
            plan: survey.plan)
        var xml = NmapXML(
            header, arguments: arguments, version: "1.0",
            services: ServiceTable(parsing: services))
        for (address, groups) in Dictionary(grouping: survey.groups, by: \.address)
            .sorted(by: { $0.key < $1.key })
        {
            xml.add(NmapHost(address, groups, plan: survey.plan, listsEach: listsEach))
        }
        let ending = ScanRecord.Ending(
            isComplete: survey.isComplete, totals: survey.totals, probeCount: 7,
            elapsed: .milliseconds(1520))
        xml.end(ending, at: 1_767_323_060)
        return xml.takeBytes()
    }

    /// What a state of the file is in nmap's words, and what can come back of its evidence.
    private func readable(_ evidence: Evidence) -> Evidence {
        switch evidence {
        case .unanswered: .silence
        case .reply: .reply(nil)
        case .exchange: .handshake
        case .handshake, .reset, .icmp, .silence, .localFailure: evidence
        }
    }

    private func endpoints(
        _ groups: [ObservationGroup], _ evidence: (Evidence) -> Evidence = { $0 }
    ) -> [Endpoint: Evidence] {
        var endpoints: [Endpoint: Evidence] = [:]
        for group in groups where group.state != .notTested {
            for port in group.ports {
                endpoints[Endpoint(group.address, group.transport, port)] = evidence(group.evidence)
            }
        }
        return endpoints
    }

    @Test(arguments: UInt64(0)..<200)
    func `reading it back gives the same survey`(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        let survey = Survey.random(using: &generator)
        let bytes = xml(survey, each: seed % 2 == 0)
        let read = try Survey(nmap: bytes, source: "scan.xml")
        #expect(TargetSet(read.plan.targets) == TargetSet(survey.plan.targets))
        #expect(read.plan.ports == survey.plan.ports)
        #expect(read.started == survey.started)
        let (found, expected) = (
            endpoints(read.groups), endpoints(survey.groups, readable)
        )
        #expect(Set(found.keys) == Set(expected.keys))
        for (endpoint, evidence) in expected {
            guard let other = found[endpoint] else { continue }
            if case .icmp(let error, _) = evidence, case .icmp(let same, _) = other {
                // Who sent it is told where the port is listed.
                #expect(error == same)
            } else {
                #expect(evidence == other)
            }
            func state(_ evidence: Evidence) -> PortState {
                PortState(
                    explaining: evidence, over: endpoint.transport, at: endpoint.address)
            }
            #expect(state(evidence) == state(other))
        }
        let isWhole =
            survey.isComplete && survey.plan.shard == nil
            && survey.totals[.notTested] == 0
        #expect(read.isComplete == isWhole)
    }

    @Test(arguments: UInt64(0)..<40)
    func `it is valid against nmap's DTD`(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        let bytes = xml(Survey.random(using: &generator), each: seed % 2 == 0)
        #expect(try NmapXMLChecker.faults(of: bytes) == "")
    }

    @Test func `it is valid without a result, and after an interruption`() throws {
        for ending in [Survey.Ending.complete, .interrupted] {
            var survey = Survey.of([])
            survey.ending = ending
            #expect(try NmapXMLChecker.faults(of: xml(survey)) == "")
        }
    }

    @Test func `hostile text stays text`() throws {
        let group = ObservationGroup(
            "203.0.113.10", .tcp, PortSet(ports: [22]), .handshake, attempts: 1)
        let text = "--x=\"><!--]]>\u{0}\u{1b}[31m\u{202e}\u{fffe}&'"
        let bytes = xml(
            Survey.of([group]), arguments: ["prober", text],
            services: "s\"></port><x>&amp;\u{1b}\u{301} 22/tcp\n")
        #expect(try NmapXMLChecker.faults(of: bytes) == "")
        let written = String(decoding: bytes, as: UTF8.self)
        #expect(!written.unicodeScalars.contains { $0.isDeceptive && $0 != "\n" })
        #expect(try Survey(nmap: bytes, source: "x").groups == [group])
    }

    @Test func `few ports of a state are listed, many are counted, what was not asked is neither`()
        throws
    {
        let target: IPAddress = "203.0.113.10"
        let groups = [
            ObservationGroup(target, .tcp, PortSet([1...26]), .handshake, attempts: 1),
            ObservationGroup(target, .tcp, PortSet([27...51]), .reset, attempts: 1),
            ObservationGroup(target, .tcp, PortSet([52...77]), .silence, attempts: 1),
            ObservationGroup(
                target, .tcp, PortSet([78...78]), .localFailure(.interrupted), attempts: 0),
        ]
        let plan = SurveyPlan(
            targets: [AddressRange(target)], ports: PortSpec(tcp: PortSet([1...100])))
        let host = NmapHost(target, groups, plan: plan)
        #expect(host.listed.count == 51)
        #expect(host.rest.map(\.state) == [.filtered, .notTested])
        #expect(host.rest.map(\.count) == [26, 23])
        let each = NmapHost(target, groups, plan: plan, listsEach: true)
        #expect(each.listed.count == 77)
        #expect(each.rest.map(\.count) == [23])
        var shard = plan
        shard.shard = "1/2"
        #expect(NmapHost(target, groups, plan: shard).rest.map(\.count) == [26, 1])
    }

    @Test func `a rejection by a router over UDP keeps its reporter, which decides the state`()
        throws
    {
        let error = ICMPError(.ipv4, type: 3, code: 3)
        let group = ObservationGroup(
            "203.0.113.10", .udp, PortSet([1...40]), .icmp(error, reporter: "198.51.100.1"),
            attempts: 1)
        let read = try Survey(nmap: xml(Survey.of([group])), source: "x")
        #expect(read.totals[.filtered] == 40)
    }
}

/// Checks XML against nmap's DTD where that is installed, else against the order of elements that we
/// use.
enum NmapXMLChecker {
    private static let definition = "/usr/share/nmap/nmap.dtd"

    /// What is wrong with `xml`; empty when nothing is.
    static func faults(of xml: [UInt8]) throws -> String {
        guard let lint = ProgramRun.path(of: "xmllint"),
            FileManager.default.fileExists(atPath: definition)
        else { return nestingFaults(of: xml) }
        let run = try ProgramRun.of(
            lint, ["--noout", "--dtdvalid", definition, "-"], input: xml)
        return run.status == 0
            ? nestingFaults(of: xml) : String(decoding: run.errors, as: UTF8.self)
    }

    /// Which elements an element may have.
    private static let children: [String: Set<String>] = [
        "": ["nmaprun"],
        "nmaprun": ["scaninfo", "verbose", "debugging", "target", "host", "runstats"],
        "host": ["status", "address", "hostnames", "ports"],
        "ports": ["extraports", "port"],
        "extraports": ["extrareasons"],
        "port": ["state", "service"],
        "runstats": ["finished", "hosts"],
    ]

    private static func nestingFaults(of xml: [UInt8]) -> String {
        var tags = XMLTags()
        var (index, line) = (0, 1)
        var open: [String] = []
        while let tag = tags.read(xml, from: &index, line: &line) {
            if tag.isEnd {
                guard open.popLast() == tag.name else { return "line \(line): </\(tag.name)>" }
            } else {
                guard children[open.last ?? ""]?.contains(tag.name) == true else {
                    return "line \(line): <\(tag.name)> in <\(open.last ?? "")>"
                }
                if !tag.isEmpty { open.append(tag.name) }
            }
        }
        return open.isEmpty ? "" : "<\(open.joined(separator: "><"))> is not closed"
    }
}
