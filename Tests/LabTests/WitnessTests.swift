import Foundation
import Glibc
import Prober
import Reconcile
import TestSupport
import Testing

/// A witness on the inside host while it is scanned from outside.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct WitnessTests {
    private static let inside = "203.0.113.10"
    private static let inside6 = "2001:db8:b::10"

    /// A folder that is removed with its owner.
    private final class Folder {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "prober-witness-\(UUID().uuidString)")

        init() throws {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(at: url) }

        func path(_ name: String) -> String { url.appending(path: name).path }

        func bytes(_ name: String) throws -> [UInt8] {
            Array(try Data(contentsOf: url.appending(path: name)))
        }
    }

    /// A witness that is ready.
    private static func start(
        _ lab: Lab, on host: Lab.Host = .inside, _ arguments: [String]
    ) throws -> Command.Running {
        let running = try lab.command(on: host, Lab.Binary.command(["witness"] + arguments))
            .start()
        var line = Data()
        while let byte = try running.errors.read(upToCount: 1), !byte.isEmpty,
            byte != Data("\n".utf8)
        {
            line += byte
        }
        let text = String(decoding: line, as: UTF8.self)
        #expect(text.hasPrefix("witness: ready, watching"), "\(text)")
        return running
    }

    /// What a scan of `arguments` found, and what the witness saw meanwhile.
    private static func watch(
        _ lab: Lab, _ scan: [String], _ witness: [String] = [], from: Lab.Host = .outside
    ) throws -> (ScanOutcome, Witness, [Receipt]) {
        let running = try start(lab, ["--for", "60s"] + witness)
        let found = try lab.scan(from: from, scan)
        running.send(SIGINT)
        let outcome = running.finish()
        outcome.expectSuccess()
        let seen = try Witness(parsing: Array(outcome.output.utf8), source: "witness")
        #expect(seen.isComplete)
        #expect(seen.dropped == 0)
        return (found, seen, Witness.receipts(of: found.survey, from: [seen]))
    }

    /// The ports of `transport` by what is said of them.
    private static func summary(
        _ receipts: [Receipt], _ transport: Transport = .tcp
    ) -> [String: String] {
        var ports: [String: PortSet] = [:]
        for receipt in receipts where receipt.transport == transport {
            let answer = receipt.answer.map { " \($0.rawValue)" } ?? ""
            ports["\(receipt.fate)\(answer)", default: PortSet()] =
                ports["\(receipt.fate)\(answer)", default: PortSet()].union(receipt.ports)
        }
        return ports.mapValues(\.description)
    }

    /// The edge drops 30-39 and resets 40-49; the host drops 50-59 and resets 60-69 by rule.
    private static func rules(_ lab: Lab) throws {
        try lab.rules(
            on: .edge,
            """
            table inet w {
                chain forward {
                    type filter hook forward priority 0
                    th dport 30-39 drop
                    tcp dport 40-49 reject with tcp reset
                }
            }

            """)
        try lab.rules(
            on: .inside,
            """
            table inet w {
                chain input {
                    type filter hook input priority 0
                    th dport 50-59 drop
                    tcp dport 60-69 reject with tcp reset
                    th dport 70-79 reject with icmpx admin-prohibited
                }
            }

            """)
    }

    @Test("who dropped and who refused is settled", arguments: [inside, inside6])
    func droppers(address: String) throws {
        let lab = try Lab()
        try Self.rules(lab)
        let listener = try lab.listen(on: .inside, address, port: 22)
        let (scan, _, receipts) = try Self.watch(lab, [address, "-p", "20-79"])
        withExtendedLifetime(listener) {}
        // From outside two and two look alike.
        #expect(scan.evidence(address, 45) == .reset && scan.evidence(address, 65) == .reset)
        #expect(scan.evidence(address, 35) == .silence && scan.evidence(address, 55) == .silence)
        #expect(
            Self.summary(receipts) == [
                "neverArrived": "30-49", "arrived handshake": "22", "arrived nothing": "50-59",
                "arrived reset": "20-21,23-29,60-69", "arrived icmp-error": "70-79",
            ])
    }

    @Test("a silent program and a dropped datagram are told apart", arguments: [inside, inside6])
    func datagrams(address: String) throws {
        let lab = try Lab()
        try Self.rules(lab)
        let silent = try lab.answer(on: .inside, address, port: 25, .silent)
        let talking = try lab.answer(on: .inside, address, port: 26, .saying([1, 2, 3]))
        let (scan, _, receipts) = try Self.watch(
            lab, [address, "-p", "udp:25-35,55,75", "--udp-budget", "2s"])
        withExtendedLifetime((silent, talking)) {}
        for port: UInt16 in [25, 35, 55] {
            #expect(scan.group(address, port, .udp)?.state == .openOrFiltered, "\(port)")
        }
        #expect(
            Self.summary(receipts, .udp) == [
                "neverArrived": "30-35", "arrived nothing": "25,55",
                "arrived datagram": "26", "arrived icmp-error": "27-29,75",
            ])
    }

    @Test func `an answer that is lost on its way back was given`() throws {
        let lab = try Lab()
        try lab.rules(
            on: .edge,
            """
            table ip w {
                chain forward {
                    type filter hook forward priority 0
                    tcp sport 22 drop
                }
            }

            """)
        let listener = try lab.listen(on: .inside, Self.inside, port: 22)
        let (scan, _, receipts) = try Self.watch(lab, [Self.inside, "-p", "22-23"])
        withExtendedLifetime(listener) {}
        #expect(scan.evidence(Self.inside, 22) == .silence)
        #expect(
            Self.summary(receipts) == ["arrived handshake": "22", "arrived reset": "23"])
    }

    @Test func `of all TCP ports and many of UDP each has its receipt`() throws {
        let lab = try Lab()
        try Self.rules(lab)
        let (scan, witness, receipts) = try Self.watch(
            lab, [Self.inside, "-p", "tcp:-,udp:1-5000", "--udp-budget", "0", "--no-decoys"])
        #expect(scan.survey.totals.sum == 70_535)
        for (transport, all) in [(Transport.tcp, PortSet.all), (.udp, PortSet([1...5000]))] {
            let own = receipts.filter { $0.transport == transport }
            #expect(own.reduce(0) { $0 + $1.ports.count } == all.count)
            #expect(own.reduce(PortSet()) { $0.union($1.ports) } == all)
        }
        #expect(Self.summary(receipts)["neverArrived"] == "30-49")
        #expect(Self.summary(receipts, .udp)["neverArrived"] == "30-39")
        #expect(
            witness.packets
                == witness.arrivals.reduce(0) { $0 + $1.packets * UInt64($1.ports.count) })
        #expect(witness.packets >= 70_505)
    }

    @Test func `others who come to the same ports are not taken for the scan`() throws {
        let lab = try Lab()
        try Self.rules(lab)
        let running = try Self.start(lab, ["--for", "60s"])
        // The router and the host itself ask the same ports, also those that it drops on the way.
        let noise = ["scan", Self.inside, "-p", "20-59", "--rate", "200", "--format", "jsonl"]
        let router = try lab.command(on: .edge, Lab.Binary.command(noise)).start()
        let own = try lab.command(
            on: .inside,
            Lab.Binary.command(["scan", "198.51.100.2", "-p", "1-40", "--format", "jsonl"])
        ).start()
        let found = try lab.scan([Self.inside, "-p", "20-59"])
        // Another scan from the same address, when that one is over.
        _ = try lab.scan([Self.inside, "-p", "40-59"])
        router.finish().expectSuccess()
        own.finish().expectSuccess()
        running.send(SIGTERM)
        let seen = try Witness(parsing: Array(running.finish().output.utf8), source: "witness")
        #expect(Set(seen.arrivals.map(\.source.description)) == ["198.51.100.2", "203.0.113.1"])
        #expect(seen.arrivals.allSatisfy { $0.destination == IPAddress(Self.inside) })
        let receipts = Witness.receipts(of: found.survey, from: [seen])
        #expect(Self.summary(receipts)["neverArrived"] == "30-49")
        let shown = receipts.filter { $0.fate == .arrived }.map(\.ports)
        #expect(shown.allSatisfy { $0.intersection(PortSet([30...49])).isEmpty })
    }

    @Test func `root is given up, and the file is whole all the same`() throws {
        let lab = try Lab()
        let folder = try Folder()
        let running = try Self.start(lab, ["--for", "60s", "-o", folder.path("w.jsonl")])
        let status = try String(
            contentsOfFile: "/proc/\(running.process.processIdentifier)/status", encoding: .utf8)
        let lines = Dictionary(
            uniqueKeysWithValues: status.split(separator: "\n").compactMap { line in
                line.firstIndex(of: ":").map {
                    (
                        String(line[..<$0]),
                        line[line.index(after: $0)...].split(whereSeparator: \.isWhitespace)
                            .joined(separator: " ")
                    )
                }
            })
        #expect(lines["Uid"] == "65534 65534 65534 65534")
        #expect(lines["Gid"] == "65534 65534 65534 65534")
        #expect(lines["Groups"] == "65534")
        #expect(lines["CapEff"] == "0000000000000000")
        #expect(lines["CapPrm"] == "0000000000000000")
        // What is there by now says that it is not whole.
        #expect(try !Witness(parsing: folder.bytes("w.jsonl"), source: "w").isComplete)
        _ = try lab.scan([Self.inside, "-p", "1-5"])
        running.send(SIGINT)
        running.finish().expectSuccess()
        // It is root's who made it for itself.
        let owner = try Command(["stat", "-c", "%u:%g", folder.path("w.jsonl")]).run()
        #expect(owner.output == "0:0\n")
        let witness = try Witness(parsing: folder.bytes("w.jsonl"), source: "w")
        #expect(witness.isComplete)
        #expect(witness.arrivals.map(\.ports.description) == ["1-5"])
    }

    @Test func `a file made under sudo is the caller's`() throws {
        let lab = try Lab()
        let folder = try Folder()
        let sudo = ["env", "SUDO_UID=1234", "SUDO_GID=1235"]
        let witness = Lab.Binary.command(["witness", "--for", "1s", "-o", folder.path("w.jsonl")])
        try lab.run(on: .inside, sudo + witness).expectSuccess()
        let owner = try Command(["stat", "-c", "%u:%g", folder.path("w.jsonl")]).run()
        #expect(owner.output == "1234:1235\n")
    }

    @Test func `secure bits that keep capabilities keep none`() throws {
        let lab = try Lab()
        let outcome = try lab.run(
            on: .inside,
            ["setpriv", "--securebits", "+no_setuid_fixup"]
                + Lab.Binary.command(["witness", "--for", "1s"]))
        outcome.expectSuccess()
        #expect(try Witness(parsing: Array(outcome.output.utf8), source: "w").isComplete)
    }

    @Test func `the capability is enough`() throws {
        let lab = try Lab()
        let folder = try Folder()
        try Command(["chmod", "755", folder.url.path]).run().expectSuccess()
        try Command(["cp", Lab.Binary.path, folder.path("prober")]).run().expectSuccess()
        try Command(["setcap", "cap_net_raw+ep", folder.path("prober")]).run().expectSuccess()
        let witness = [
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", folder.path("prober"),
            "witness", "--for", "1s",
        ]
        let outcome = try lab.run(on: .inside, witness)
        outcome.expectSuccess()
        #expect(try Witness(parsing: Array(outcome.output.utf8), source: "w").isComplete)
        let refused = try lab.run(
            on: .inside, Lab.Binary.command(["witness", "--for", "1s"], as: .nobody))
        #expect(refused.status == 2)
        #expect(refused.errors.contains("CAP_NET_RAW"))
        #expect(refused.output.isEmpty)
    }

    @Test func `reconcile and explain join it, and the file may be bad`() throws {
        let lab = try Lab()
        try Self.rules(lab)
        let folder = try Folder()
        let running = try Self.start(lab, ["-o", folder.path("w.jsonl")])
        try lab.run(
            on: .outside,
            Lab.Binary.command(["scan", Self.inside, "-p", "29-59", "-o", folder.path("s.jsonl")])
        ).expectSuccess()
        running.send(SIGINT)
        running.finish().expectSuccess()
        try lab.run(
            on: .inside,
            Lab.Binary.command(["host", "--format", "json", "-o", folder.path("h.json")])
        ).expectSuccess()
        func reconcile(_ more: [String]) throws -> Command.Outcome {
            try Command(
                Lab.Binary.command(
                    [
                        "reconcile", "--scan", folder.path("s.jsonl"), "--host",
                        folder.path("h.json"), "--format", "json",
                    ] + more)
            ).run()
        }
        let without = try reconcile([]).output
        let with = try reconcile(["--witness", folder.path("w.jsonl")]).output
        for word in ["never-arrived", "captured"] {
            #expect(with.contains(word) && !without.contains(word))
        }
        let explained = try Command(
            Lab.Binary.command([
                "explain", "tcp:\(Self.inside):35", "--scan", folder.path("s.jsonl"), "--host",
                folder.path("h.json"), "--witness", folder.path("w.jsonl"),
            ])
        ).run()
        explained.expectSuccess()
        #expect(explained.output.contains("never"), "\(explained.output)")
        try Data("{\"type\":\"scan\"}\n".utf8).write(to: folder.url.appending(path: "bad"))
        let bad = try reconcile(["--witness", folder.path("bad")])
        #expect(bad.status == 64)
        #expect(bad.errors.contains("bad:1: type of the first record is \"scan\""))
    }

    @Test func `a capture made by hand becomes a witness of what arrived`() throws {
        let lab = try Lab()
        try Self.rules(lab)
        let folder = try Folder()
        for interface in ["any", "eth0"] {
            let file = folder.path("\(interface).pcap")
            // Where what is written can be read by whom tcpdump becomes.
            try Command(["chmod", "777", folder.url.path]).run().expectSuccess()
            let name = interface == "any" ? "any" : try Self.interface(lab)
            let dump = try lab.command(
                on: .inside,
                ["tcpdump", "--immediate-mode", "-s", "256", "-U", "-i", name, "-w", file]
            ).start()
            #expect(
                eventually {
                    FileManager.default.fileExists(atPath: file)
                        && (try? Data(contentsOf: URL(filePath: file)).isEmpty) == false
                })
            let found = try lab.scan([Self.inside, "-p", "20-79"])
            // What is under way to the file is waited for.
            var outcome: Command.Outcome?
            let isThere = try eventually {
                let read = try Command(
                    Lab.Binary.command(["witness", "--read", file, "--address", Self.inside])
                ).run()
                outcome = read
                var witness = try Witness(parsing: Array(read.output.utf8), source: "w")
                // The same machine captured, which a file does not say.
                witness.boot = found.survey.traces?.boot
                let receipts = Witness.receipts(of: found.survey, from: [witness])
                return Self.summary(receipts) == [
                    "arrived": "50-59", "arrived reset": "20-29,60-69",
                    "arrived icmp-error": "70-79",
                ]
            }
            #expect(isThere, "\(interface): \(outcome?.output ?? "")")
            outcome?.expectSuccess()
            // Other signals are blocked in what a test starts.
            dump.send(SIGKILL)
            _ = dump.finish()
            if interface != "any" {
                let unknown = try Command(
                    Lab.Binary.command(["witness", "--read", file])
                ).run()
                #expect(unknown.status == 64)
                #expect(unknown.errors.contains("--address"))
            }
        }
    }

    private static func interface(_ lab: Lab) throws -> String {
        let links = try lab.run(on: .inside, ["ip", "-o", "-4", "addr", "show", "scope", "global"])
        return String(links.output.split(whereSeparator: \.isWhitespace)[1])
    }
}
