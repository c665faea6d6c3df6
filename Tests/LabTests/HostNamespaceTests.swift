import FoundationEssentials
import Glibc
import Prober
import Reconcile
import TestSupport
import Testing

/// A host whose containers are namespaces behind a bridge, in namespaces of this machine.
@Suite(.enabled(if: Lab.isPossible)) struct HostNamespaceTests {
    /// Two namespaces, `host` and `guest`, joined by a veth pair and a bridge on the host; removed
    /// with their owner.
    private struct Joined: ~Copyable {
        let host: String
        let guest: String

        init() throws {
            let number = "\(getpid())x\(UInt16.random(in: 0...9999))"
            (host, guest) = ("prober-dp-h\(number)", "prober-dp-g\(number)")
            for line in [
                "ip netns add \(host)", "ip netns add \(guest)",
                "ip -n \(host) link set lo up", "ip -n \(guest) link set lo up",
                "ip -n \(host) link add br0 type bridge",
                "ip -n \(host) link add port0 type veth peer name eth0 netns \(guest)",
                "ip -n \(host) link set port0 up master br0",
                "ip -n \(guest) addr add 198.51.100.77/30 dev eth0",
                "ip -n \(guest) link set eth0 up",
            ] {
                try Command(line.split(separator: " ").map(String.init)).run().expectSuccess()
            }
        }

        deinit {
            for name in [host, guest] { _ = try? Command(["ip", "netns", "del", name]).run() }
        }
    }

    /// The report made in the namespace `name`.
    private func report(in name: String) throws -> HostReport {
        let outcome = try Command(
            ["ip", "netns", "exec", name, Self.prober, "host", "--format", "json"]
        ).run()
        outcome.expectSuccess()
        return try HostReport(json: Array(outcome.output.utf8), source: "prober")
    }

    private static var prober: String {
        Lab.root.appending(path: ".build/debug/prober").path
    }

    @Test func `a listener in another namespace is found, with where and how it is joined`() throws
    {
        let joined = try Joined()
        let socket = try ListeningSocket(
            .v4(0xc633_644d), port: 8443, namespace: "/run/netns/\(joined.guest)")
        let report = try report(in: joined.host)
        let namespace = try #require(report.namespaces.first { $0.name == joined.guest })
        #expect(
            namespace.links == [
                .init(interface: "eth0", kind: "veth", peer: "port0", bridge: "br0")
            ])
        #expect(
            namespace.addresses.contains(
                HostAddress(.v4(0xc633_644d), prefixLength: 30, interface: "eth0")))
        let found = report.listeners.filter { $0.namespace == joined.guest }
        #expect(found.map(\.port) == [8443])
        #expect(found.first?.owners.map(\.pid) == [getpid()])
        #expect(!report.addresses.contains { $0.address == .v4(0xc633_644d) })
        #expect(!report.coverage.contains { $0.reason.contains("not entered") })
        // The listeners of the report's own namespace have no name for it.
        #expect(!report.listeners.contains { $0.namespace == joined.host })
        _ = socket
    }

    @Test func `the namespace that a report is made in is none of the others`() throws {
        let joined = try Joined()
        let report = try report(in: joined.guest)
        #expect(!report.namespaces.contains { $0.name == joined.guest })
        #expect(report.namespaces.contains { $0.name == joined.host })
    }

    @Test func `without privilege what was not entered is a gap`() throws {
        let joined = try Joined()
        let outcome = try Command(
            [
                "ip", "netns", "exec", joined.host, "setpriv", "--bounding-set=-sys_admin",
                "--inh-caps=-sys_admin", Self.prober, "host", "--format", "json",
            ]
        ).run()
        outcome.expectSuccess()
        let report = try HostReport(json: Array(outcome.output.utf8), source: "prober")
        #expect(report.namespaces.isEmpty)
        #expect(
            report.coverage.contains {
                $0.subject == .namespaces && $0.reason.contains("takes CAP_SYS_ADMIN")
            })
    }
}
