import Foundation
import Testing

/// Real daemons that speak UDP on the inside host of a lab, made by `scripts/farm`.
///
/// Ended and removed with the owner.
final class Farm: Sendable {
    /// The farm of the suite under way.
    @TaskLocal static var current: Farm?

    /// A port of a daemon, and what a scan should say of it.
    struct Port: Sendable {
        var daemon: String
        var number: UInt16
        /// `open dns`, `open|filtered silence-expected`, `closed`, by family.
        var outcomes: [Family: String]
    }

    /// By which the host is asked.
    enum Family: CaseIterable {
        case ipv4, ipv6

        /// The host's address.
        var address: String {
            switch self {
            case .ipv4: "203.0.113.10"
            case .ipv6: "2001:db8:b::10"
            }
        }
    }

    /// Whether a farm can be made here: where it cannot, its tests show up as skipped.
    static let isPossible: Bool = {
        // One of the daemons makes a tunnel, and each has mounts and processes of its own.
        guard Lab.isPossible, FileManager.default.fileExists(atPath: "/dev/net/tun"),
            (try? Command(["unshare", "--mount", "--pid", "--fork", "true"]).run().status) == 0
        else { return false }
        let missing = try? Command([script, "missing"]).run()
        return missing?.status == 0 && missing?.output.isEmpty == true
    }()

    /// The ports of all daemons.
    let ports: [Port]
    private let name = "prober-farm-\(getpid())"

    /// Starts every daemon, and waits until all listen.
    init() throws {
        try Command(["FARM=\(name)", Self.script, "up"]).run().expectSuccess()
        let list = try Command(["FARM=\(name)", Self.script, "list"]).run()
        ports = try list.output.split(separator: "\n").map { line in
            let fields = line.split(separator: "\t").map(String.init)
            try #require(fields.count == 5 && fields[4] == "listening", "\(line)")
            let number = try #require(UInt16(fields[1]))
            return Port(
                daemon: fields[0], number: number,
                outcomes: [.ipv4: fields[2], .ipv6: fields[3]])
        }
        try #require(!ports.isEmpty)
    }

    deinit { _ = try? Command(["FARM=\(name)", Self.script, "down"]).run() }

    private static var script: String { Lab.root.appending(path: "scripts/farm").path }

    /// What a scan from outside says of each UDP port, in the words of ``Port/outcomes``.
    func scan(over family: Family, ports: String) throws -> [UInt16: String] {
        let prober = Lab.Binary.command(
            ["scan", family.address, "--ports", ports, "--format", "jsonl"])
        let outcome = try Command(["FARM=\(name)", Self.script, "exec", "outside"] + prober).run()
        outcome.expectSuccess()
        var said: [UInt16: String] = [:]
        for line in outcome.output.split(separator: "\n") {
            let row = try JSONDecoder().decode(Row.self, from: Data(line.utf8))
            guard let words = row.words else { continue }
            for port in try row.numbers { said[port] = words }
        }
        return said
    }

    /// A line of a scan file, as far as it matters here.
    private struct Row: Decodable {
        struct Evidence: Decodable {
            var service: String?
            var reason: String?
        }
        var port: UInt16?
        var ports: String?
        var state: String?
        var evidence: Evidence?

        /// The state, and the service or the reason.
        var words: String? {
            guard let state else { return nil }
            return [state, evidence?.service ?? evidence?.reason].compactMap(\.self)
                .joined(separator: " ")
        }

        /// The ports it is about.
        var numbers: [UInt16] {
            get throws {
                if let port { return [port] }
                return try (ports ?? "").split(separator: ",").flatMap { word in
                    let ends = try word.split(separator: "-").map { try #require(UInt16($0)) }
                    return Array(try #require(ends.first)...(try #require(ends.last)))
                }
            }
        }
    }
}

/// One farm for all tests of a suite.
struct FarmTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await Farm.$current.withValue(Farm()) { try await function() }
    }
}
