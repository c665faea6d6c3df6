import Foundation
import Prober
import Reconcile
import Testing

/// What real tools print of a host, read from their output, against what its kernel says.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct RealReportTests {
    /// Sockets of every kind, and a client that is none of them.
    private static let sockets = """
        import socket, sys, time
        stream, datagram = socket.SOCK_STREAM, socket.SOCK_DGRAM
        kept = []
        def add(family, kind, address, port, only=None, device=None):
            one = socket.socket(family, kind)
            if only is not None: one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, only)
            if device: one.setsockopt(socket.SOL_SOCKET, 25, device.encode())
            one.bind((address, port))
            if kind == stream: one.listen(5)
            kept.append(one)
        four, six = socket.AF_INET, socket.AF_INET6
        add(four, stream, "0.0.0.0", 8001)
        add(six, stream, "::", 8002, 0)
        add(six, stream, "::", 8003, 1)
        add(four, stream, "127.0.0.1", 8004)
        add(six, stream, "::ffff:127.0.0.1", 8005, 0)
        add(four, datagram, "0.0.0.0", 8006)
        add(six, datagram, "::", 8007, 0)
        add(four, datagram, "0.0.0.0", 8008, device="lo")
        add(six, datagram, "::1", 8009, 1)
        client = socket.socket(four, datagram)
        client.connect(("127.0.0.1", 8006))
        kept.append(client)
        print("ready", flush=True)
        time.sleep(60)
        """

    /// What tells one listener from another, as far as a tool shows it.
    private struct Shown: Hashable {
        var endpoint: Endpoint
        var family: Listener.Family?
        var device: String?
        var pids: [Int32]?
    }

    private static func report(_ outcome: Command.Outcome) throws -> HostReport {
        outcome.expectSuccess()
        return try HostReport(json: Array(outcome.output.utf8), source: "output")
    }

    /// A live report looks into every namespace; the tools show their own only.
    private static func shown(
        _ report: HostReport, families: Bool, devices: Bool, pids: Bool
    ) -> Set<Shown> {
        Set(
            report.listeners.lazy.filter { $0.namespace == nil }.map { listener in
                Shown(
                    endpoint: Endpoint(listener.address, listener.transport, listener.port),
                    family: families ? listener.family : nil,
                    device: devices ? listener.device : nil,
                    pids: pids ? listener.owners.map(\.pid) : nil)
            })
    }

    @Test(
        "a tool's output gives what the kernel says, as far as the tool tells",
        arguments: [
            ("ss -tulpn", true, true), ("ss -Htulpne", true, true), ("ss -tuanp", true, true),
            ("tail -n +1 /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6", false, false),
            ("netstat -tulpn", false, true), ("netstat -an", false, false),
            ("lsof -nP -i", false, true), ("lsof -nP -i -F0", false, true),
        ])
    func reports(of command: String, tellFamilies: Bool, tellPIDs: Bool) throws {
        let words = command.split(separator: " ").map(String.init)
        // netstat and lsof need not be installed; ss and /proc are everywhere.
        guard try Command(["which", words[0]]).run().status == 0 else {
            #expect(words[0] == "netstat" || words[0] == "lsof")
            return
        }
        let lab = try Lab()
        let listeners = try lab.command(on: .inside, ["python3", "-c", Self.sockets]).start()
        defer { listeners.send(SIGKILL) }
        try #require(listeners.firstLine() == "ready")

        let live = try Self.report(
            try lab.run(on: .inside, Lab.Binary.command(["host", "--format", "json"])))
        var read = Command(Lab.Binary.command(["host", "--from", "-", "--format", "json"]))
        read.input = try lab.run(on: .inside, words).output
        let found = try Self.report(try read.run())

        let expected = Self.shown(
            live, families: tellFamilies, devices: tellFamilies, pids: tellPIDs)
        #expect(expected.count == 9)
        #expect(
            Self.shown(found, families: tellFamilies, devices: tellFamilies, pids: tellPIDs)
                == expected)
        if !tellFamilies {
            #expect(found.listeners.first { $0.port == 8002 }?.family == .ipv6OrDual)
        }
    }
}
