import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

/// The files in `targets/`, which users copy.
@Suite struct ShippedTargetsTests {
    private func path(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../targets").appending(path: name).path()
    }

    private func file(_ name: String) throws -> TargetFile {
        try TargetFile(reading: path(name), services: ServiceTable())
    }

    @Test(
        "each file can be read",
        arguments: [
            ("localhost.yaml", ["localhost"]), ("lab.yaml", ["inside"]),
            ("lab-udp.yaml", ["inside, all of UDP"]),
            ("example-fleet.yaml", ["bastion", "web", "web-new", "database"]),
            ("never-probe.yaml", []),
        ])
    func names(in name: String, are expected: [String]) throws {
        #expect(try file(name).targets.map(\.name) == expected)
    }

    @Test func `the example in the format's reference can be read`() throws {
        let reference = try #require(
            String(
                validating: try FileContents.bytes(of: path("README.md"), atMost: 1 << 20),
                as: UTF8.self))
        let start = try #require(reference.firstRange(of: "```yaml\n"))
        let rest = reference[start.upperBound...]
        let end = try #require(rest.firstRange(of: "```"))
        let example = try TargetFile(
            parsing: String(rest[..<end.lowerBound]), source: "README.md", services: ServiceTable())
        #expect(example.targets.map(\.name) == ["web1"])
        #expect(example.exclude.count == 1)
    }

    @Test func `localhost probes every TCP port of this machine from outside`() throws {
        let target = try #require(try file("localhost.yaml").targets.first)
        #expect(target.addresses.map(\.kind) == [.thisHost])
        #expect(target.settings.vantage == .namespace)
        #expect(target.settings.probe == PortSpec(tcp: .all))
        #expect(target.host == .live)
    }

    @Test func `never-probe lists exactly the special ranges`() throws {
        let exclude = try file("never-probe.yaml").exclude
        #expect(exclude.map(\.ranges) == SpecialRange.all.map { [$0.range] })
        #expect(exclude.map(\.reason) == SpecialRange.all.map { "\($0.name), \($0.standard)" })
    }

    @Test func `no shipped file asks for an address outside documentation ranges`() throws {
        let allowed = try TargetList(
            parsing: "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32", source: "test"
        ).addresses
        for name in ["localhost.yaml", "lab.yaml", "example-fleet.yaml"] {
            for address in try file(name).targets.flatMap(\.addresses) {
                switch address.kind {
                case .thisHost: continue
                case .word(.ranges(let ranges)):
                    #expect(TargetSet(ranges).isSubset(of: allowed), "\(address.location)")
                case .word(.name(let host)): Issue.record("\(host) would be resolved")
                }
            }
        }
    }
}
