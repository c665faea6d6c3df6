import Foundation
import Glibc
import Prober
import TestSupport
import Testing

/// Three hosts on this machine, made by `scripts/lab` and removed with the owner.
///
/// `outside` 198.51.100.2 and 2001:db8:a::2, a router called `edge`, and `inside` 203.0.113.10 and
/// 2001:db8:b::10. Nothing that happens in it leaves this machine.
final class Lab: Sendable {
    enum Host: String { case outside, edge, inside }

    let name: String

    /// Whether this machine lets us make network namespaces.
    ///
    /// Where it does not, lab tests show up as skipped.
    static let isPossible: Bool = {
        guard geteuid() == 0 else { return false }
        return (try? Command(["unshare", "--net", "true"]).run().status) == 0
    }()

    /// Where the sources are.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A lab of its own for each test, so that none sees another's rules.
    ///
    /// The routers' own limits of ICMP errors are lifted: a test asks for many at once. With a `link`,
    /// outside is as far away as that says.
    init(
        _ name: String = "t\(getpid())x\(UInt16.random(in: 0...9999))", link: EmulatedLink? = nil
    ) throws {
        self.name = name
        try Command([Self.script, "up", name] + (link?.flags ?? [])).run().expectSuccess()
        for host in [Host.inside, .edge] {
            try run(
                on: host,
                ["sysctl", "-qw", "net.ipv4.icmp_ratelimit=0", "net.ipv6.icmp.ratelimit=0"]
            ).expectSuccess()
        }
    }

    deinit { _ = try? Command([Self.script, "down", name]).run() }

    static var script: String { root.appending(path: "scripts/lab").path }

    /// The path that names a host's namespace.
    func namespace(of host: Host) -> String { "/run/netns/\(name)-\(host.rawValue)" }

    /// What the link of this lab has carried so far.
    func linkReport() throws -> EmulatedLink.Report {
        let outcome = try Command([Self.script, "link", name]).run()
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(EmulatedLink.Report.self, from: Data(outcome.output.utf8))
    }

    /// A command on `host`.
    func command(on host: Host, _ arguments: [String]) -> Command {
        Command(["ip", "netns", "exec", "\(name)-\(host.rawValue)"] + arguments)
    }

    /// Runs a command on `host` to its end.
    @discardableResult
    func run(on host: Host, _ arguments: [String]) throws -> Command.Outcome {
        try command(on: host, arguments).run()
    }

    /// Loads nftables rules on `host`.
    func rules(on host: Host, _ text: String) throws {
        var load = command(on: host, ["nft", "-f", "-"])
        load.input = text
        try load.run().expectSuccess()
    }

    /// Listens on `host`.
    func listen(
        on host: Host, _ address: String, port: UInt16, backlog: CInt = 128
    ) throws -> ListeningSocket {
        let address = try #require(IPAddress(address))
        return try ListeningSocket(
            address, port: port, backlog: backlog, namespace: namespace(of: host))
    }

    /// Answers datagrams on `host`.
    func answer(
        on host: Host, _ address: String, port: UInt16, _ behaviour: DatagramResponder.Behaviour
    ) throws -> DatagramResponder {
        let address = try #require(IPAddress(address))
        return try DatagramResponder(
            address, port: port, behaviour, namespace: namespace(of: host))
    }

    /// Scans from `host` as `user`, and reads the scan file it writes.
    func scan(
        from host: Host = .outside, as user: Binary.User = .root, _ arguments: [String]
    ) throws -> ScanOutcome {
        let prober = ["scan", "--format", "jsonl"] + arguments
        let outcome = try run(on: host, Binary.command(prober, as: user))
        return try ScanOutcome(outcome)
    }

    /// The binary under test.
    enum Binary {
        /// Who runs it; `nobody` has no capabilities at all.
        enum User: String, CaseIterable { case root, nobody }

        /// A copy where every user may run it, of the binary beside this test bundle.
        static let path: String = {
            let bundle = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
            let found = [bundle, root.appending(path: ".build/debug")]
                .map { $0.appending(path: "prober") }
                .first { FileManager.default.isExecutableFile(atPath: $0.path) }
            guard let found else { return "prober" }
            // One file for all runs of a source tree, apart from those of others; a new one takes the
            // place of the old while that may still run.
            let folder = FileManager.default.temporaryDirectory
                .appending(path: "prober-tests-\(root.lastPathComponent)")
            let copy = folder.appending(path: "prober")
            let fresh = folder.appending(path: "prober.\(getpid())")
            try? FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o755])
            try? FileManager.default.copyItem(at: found, to: fresh)
            _ = unsafe rename(fresh.path, copy.path)
            return copy.path
        }()

        static func command(_ arguments: [String], as user: User = .root) -> [String] {
            switch user {
            case .root: [path] + arguments
            case .nobody:
                [
                    "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                    "--inh-caps=-all", "--bounding-set=-all", path,
                ] + arguments
            }
        }
    }
}
