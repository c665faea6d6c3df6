import Foundation
import Prober
import Reconcile
import SystemPackage
import TestSupport
import Testing

/// What a scan sees on the wire, from real packets.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct CaptureTests {
    private static let inside = "203.0.113.10"
    private static let insideIPv6 = "2001:db8:b::10"

    private static func host(_ outcome: ScanOutcome, _ address: String) throws -> WireHost {
        let hosts = WireHost.all(in: outcome.survey.wire)
        return try #require(hosts.first { $0.address == IPAddress(address) })
    }

    /// The facts of a port, which must be in one row.
    private static func facts(
        _ outcome: ScanOutcome, _ address: String, _ port: UInt16, _ transport: Transport = .tcp
    ) throws -> WireFacts {
        let groups = try host(outcome, address).groups.filter {
            $0.transport == transport && $0.ports.contains(port)
        }
        #expect(groups.count == 1)
        return try #require(groups.first).facts
    }

    /// A file for packets that any user may write, which is removed with the test.
    private static func file() -> String {
        FileManager.default.temporaryDirectory
            .appending(
                path: "prober-packets-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).pcapng"
            )
            .path
    }

    @Test(
        "a reset of the edge and one of the host are told apart, and so are errors",
        arguments: [inside, insideIPv6])
    func resets(address: String) throws {
        let lab = try Lab()
        let listener = try lab.listen(on: .inside, address, port: 22)
        try lab.rules(
            on: .edge,
            """
            table inet t { chain forward { type filter hook forward priority 0
                tcp dport 23 reject with tcp reset
                tcp dport 24 reject with icmpx admin-prohibited
            }
            }
            """)
        let outcome = try lab.scan([address, "-p", "21-24", "--capture"])
        withExtendedLifetime(listener) {}
        #expect(outcome.status == 0)
        // Sockets cannot tell the two resets apart.
        #expect(outcome.evidence(address, 21) == outcome.evidence(address, 23))
        #expect(try Self.facts(outcome, address, 21).answer == WireAnswer(.reset, hopLimit: 63))
        #expect(try Self.facts(outcome, address, 23).answer == WireAnswer(.reset, hopLimit: 64))
        let answers = WireRemark.Answers(
            kind: .reset, transport: .tcp, ports: PortSet([23...23]))
        #expect(
            try Self.host(outcome, address).remarks
                == [.otherDistance(answers, hopLimit: 64, host: 63, .nearer)])
        let error = try #require(try Self.facts(outcome, address, 24).answer)
        let router = try #require(
            IPAddress(address == Self.inside ? "198.51.100.1" : "2001:db8:a::1"))
        #expect(error.sender(asked: try #require(IPAddress(address))) == router)
        #expect(error.hopLimit == 64)
        let accept = try #require(try Self.facts(outcome, address, 22).answer)
        guard case .accept(let told) = accept.kind else {
            Issue.record("no SYN-ACK: \(accept)")
            return
        }
        #expect(told.window > 0 && told.hasTimestamps && told.windowScale != nil)
        let capture = try #require(outcome.survey.captures.first)
        #expect(capture.interface == "wan")
        #expect(capture.lost == 0)
    }

    @Test(
        "packets are seen on loopback, on one interface and on all",
        arguments: [("127.0.0.1", "lo"), ("198.51.100.2", "lo"), (inside, "wan"), ("both", "any")])
    func interfaces(target: String, interface: String) throws {
        let lab = try Lab()
        let targets = target == "both" ? [Self.inside, "127.0.0.1"] : [target]
        let outcome = try lab.scan(targets + ["-p", "1-50,udp:1-5", "--capture"])
        #expect(outcome.survey.captures.map(\.interface) == [interface])
        for address in targets {
            let host = try Self.host(outcome, address)
            let tcp = host.groups.filter { $0.transport == .tcp }
            #expect(tcp.map(\.ports) == [PortSet([1...50])])
            #expect(tcp.first?.facts.probes == 1)
            #expect(tcp.first?.facts.answer?.kind == .reset)
            #expect(tcp.first?.roundTrip != nil)
            let udp = host.groups.filter { $0.transport == .udp }
            #expect(udp.reduce(0) { $0 + $1.ports.count } == 5)
            #expect(host.remarks.isEmpty)
        }
    }

    @Test func `packets behind IPv6 extension headers are seen`() throws {
        let lab = try Lab()
        // The kernel puts a destination options header before what this socket answers with.
        let listener = try lab.listen(on: .inside, Self.insideIPv6, port: 22)
        let options: [UInt8] = [0, 0, 1, 4, 0, 0, 0, 0]
        let result = unsafe setsockopt(
            listener.descriptor, CInt(IPPROTO_IPV6), 59, options, socklen_t(options.count))
        #expect(result == 0)
        let file = Self.file()
        defer { try? FileManager.default.removeItem(atPath: file) }
        let outcome = try lab.scan([Self.insideIPv6, "-p", "22", "--capture=\(file)"])
        withExtendedLifetime(listener) {}
        let accept = try #require(try Self.facts(outcome, Self.insideIPv6, 22).answer)
        guard case .accept = accept.kind else {
            Issue.record("no SYN-ACK: \(accept)")
            return
        }
        // The header is really there: the next header of a packet is 60.
        let packets = try Command(["tcpdump", "-nr", file, "ip6[6] = 60"]).run()
        #expect(!packets.output.isEmpty, "\(packets.errors)")
    }

    @Test func `a file of packets names the probe of each, and other tools read it`() throws {
        let lab = try Lab()
        let listener = try lab.listen(on: .inside, "0.0.0.0", port: 22)
        let file = Self.file()
        defer { try? FileManager.default.removeItem(atPath: file) }
        let outcome = try lab.scan(
            [Self.inside, "-p", "22-23", "--seed", "1", "--capture=\(file)"])
        withExtendedLifetime(listener) {}
        let matched = try #require(outcome.survey.captures.first).matched
        let listed = try Command(["tcpdump", "-nr", file]).run()
        #expect(listed.status == 0, "\(listed.errors)")
        #expect(listed.output.split(separator: "\n").count == Int(matched))
        let bytes = try Data(contentsOf: URL(filePath: file))
        for text in [
            "SYN to 203.0.113.10 tcp/22, attempt 1", "(203.0.113.10 tcp/22): SYN-ACK after 0.",
            "(203.0.113.10 tcp/23): reset after 0.",
        ] {
            #expect(bytes.range(of: Data(text.utf8)) != nil, "\(text)")
        }
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/tshark") else { return }
        let comments = try Command(
            ["tshark", "-r", file, "-T", "fields", "-e", "frame.comment"]).run()
        #expect(comments.status == 0, "\(comments.errors)")
        #expect(comments.output.split(separator: "\n").count == Int(matched))
    }

    @Test func `a capture that is killed leaves whole blocks, and Ctrl-C a whole file`() throws {
        let lab = try Lab()
        try lab.rules(
            on: .inside,
            "table ip t { chain i { type filter hook input priority 0; tcp dport 1-9 drop; }\n}\n")
        for signal in [SIGINT, SIGKILL] {
            let file = Self.file()
            let partial = file + ".0.partial"
            defer {
                try? FileManager.default.removeItem(atPath: file)
                try? FileManager.default.removeItem(atPath: partial)
            }
            let scan = try lab.command(
                on: .outside,
                Lab.Binary.command([
                    "scan", Self.inside, "-p", "1-30", "--timeout", "20s", "--format", "jsonl",
                    "--capture=\(file)",
                ])
            ).start()
            let deadline = Date(timeIntervalSinceNow: 10)
            var size = 0
            while size < 2000, Date() < deadline {
                let attributes = try? FileManager.default.attributesOfItem(atPath: partial)
                size = (attributes?[.size] as? Int) ?? 0
                usleep(10_000)
            }
            #expect(size >= 2000)
            kill(scan.process.processIdentifier, signal)
            // The second one does not wait for the silent ports.
            if signal == SIGINT { kill(scan.process.processIdentifier, signal) }
            _ = scan.finish()
            let left = signal == SIGINT ? file : partial
            let listed = try Command(["tcpdump", "-nr", left]).run()
            #expect(listed.status == 0, "\(signal): \(listed.errors)")
            #expect(listed.output.split(separator: "\n").count >= 30)
        }
    }

    @Test func `without the privilege the scan says so once, and goes on`() throws {
        let lab = try Lab()
        let run = try lab.run(
            on: .outside,
            Lab.Binary.command(
                ["scan", Self.inside, "-p", "1-9", "--format", "jsonl", "--capture"], as: .nobody))
        #expect(run.status == 0)
        #expect(run.errors.components(separatedBy: "no packet is captured").count == 2)
        #expect(run.errors.contains("CAP_NET_RAW"))
        let outcome = try ScanOutcome(run)
        #expect(outcome.evidence(Self.inside, 1) == .reset)
        #expect(outcome.survey.captures.isEmpty)
    }

    @Test func `the capability CAP_NET_RAW is enough`() throws {
        let lab = try Lab()
        let copy = FileManager.default.temporaryDirectory
            .appending(path: "prober-capable-\(getpid())").path
        defer { try? FileManager.default.removeItem(atPath: copy) }
        try FileManager.default.copyItem(atPath: Lab.Binary.path, toPath: copy)
        try Command(["setcap", "cap_net_raw+ep", copy]).run().expectSuccess()
        let run = try lab.run(
            on: .outside,
            [
                "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", copy, "scan",
                Self.inside, "-p", "1-9", "--format", "jsonl", "--capture",
            ])
        let outcome = try ScanOutcome(run)
        #expect(try Self.facts(outcome, Self.inside, 1).answer?.hopLimit == 63)
    }

    @Test func `root is given up by every thread once packets are captured`() throws {
        let lab = try Lab()
        try lab.rules(
            on: .inside,
            "table ip t { chain i { type filter hook input priority 0; tcp dport 1-9 drop; }\n}\n")
        let scan = try lab.command(
            on: .outside,
            Lab.Binary.command([
                "scan", Self.inside, "-p", "1-9", "--timeout", "10s", "--retries", "0",
                "--format", "jsonl", "--capture", "-v",
            ])
        ).start()
        defer {
            kill(scan.process.processIdentifier, SIGKILL)
            _ = scan.finish()
        }
        let tasks = "/proc/\(scan.process.processIdentifier)/task"
        let deadline = Date(timeIntervalSinceNow: 10)
        var users: [String] = []
        // The main thread, two workers and the capture.
        while users.count < 4 || Set(users) != ["65534"], Date() < deadline {
            users = ((try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? [])
                .compactMap {
                    try? String(contentsOfFile: "\(tasks)/\($0)/status", encoding: .utf8)
                }
                .compactMap { status in
                    status.split(separator: "\n").first { $0.hasPrefix("Uid:") }
                        .map { String($0.split(separator: "\t").dropFirst().first ?? "") }
                }
            usleep(20_000)
        }
        #expect(users.count >= 4)
        #expect(Set(users) == ["65534"])
    }

    @Test func `what is reset after it accepted, and who sends again, is seen`() throws {
        let lab = try Lab()
        // Resets whoever has queued up: the handshake is done, and then refused.
        try lab.run(on: .inside, ["sysctl", "-qw", "net.ipv4.tcp_abort_on_overflow=1"])
            .expectSuccess()
        let listener = try lab.listen(on: .inside, Self.inside, port: 22)
        // Our last ACK never arrives, so the host sends its SYN-ACK again.
        try lab.rules(
            on: .edge,
            """
            table ip t { chain forward { type filter hook forward priority 0
                tcp dport 22 tcp flags & (syn | ack | rst) == ack drop
                tcp dport 22 tcp flags & rst == rst drop
                tcp dport 9 drop
            }
            }
            """)
        let outcome = try lab.scan(
            [Self.inside, "-p", "9,22", "--retries", "0", "--timeout", "3s", "--capture"])
        withExtendedLifetime(listener) {}
        #expect(try Self.facts(outcome, Self.inside, 22).repeatedAccepts > 0)
        #expect(
            try Self.host(outcome, Self.inside).remarks
                == [.repeatedAccepts(PortSet([22...22]))])
    }

    @Test func `nmap's XML has the hop limits`() throws {
        let lab = try Lab()
        let listener = try lab.listen(on: .inside, "0.0.0.0", port: 22)
        let run = try lab.run(
            on: .outside,
            Lab.Binary.command(
                ["scan", Self.inside, "-p", "22-23", "--format", "xml", "--capture"]))
        withExtendedLifetime(listener) {}
        #expect(
            run.output.contains(#"<state state="open" reason="syn-ack" reason_ttl="63"/>"#))
        #expect(
            run.output.contains(#"<state state="closed" reason="conn-refused" reason_ttl="63"/>"#))
    }
}
