import ArgumentParser
import Prober
import SystemPackage
import Testing

@testable import ProberCommand

@Suite struct RootCommandTests {
    @Test func `every kind of error has its exit status`() {
        let endings: [(error: any Error, status: Int32)] = [
            (InputError("x", problem: "p", remedy: "r"), 64),
            (ScanError.tooManyInFlight(9, limit: 8, possible: 1), 64),
            (ScanError.tooFewDescriptors(limit: 8), 2), (Errno.ioError, 2),
            (CleanExit.helpRequest(), 0),
            (ValidationError("x"), 64),
            (ScanError.system(.socket, .tooManyOpenFiles), 2),
            (OutputError.readerLeft, 0), (OutputError.failed("f", .noSpace), 2),
            (ExitStatus.incomplete, 2), (ExitCode(1), 1),
        ]
        for (error, status) in endings {
            let ending = RootCommand.ending(of: error)
            #expect(RootCommand.exitCode(for: ending).rawValue == status, "\(error)")
        }
    }

    @Test(
        "a request that makes no sense is a usage error",
        arguments: [
            ["scan", "--rate", "0", "127.0.0.1"], ["scan", "--rate", "fast", "127.0.0.1"],
            ["scan", "--timeout", "2", "127.0.0.1"], ["scan", "--timeout", "0s", "127.0.0.1"],
            ["scan", "--retries", "21", "127.0.0.1"], ["scan", "--shard", "1/2", "127.0.0.1"],
            ["scan", "--shard", "3/2", "--seed", "1", "127.0.0.1"],
            ["scan", "-p22", "--top-ports", "5", "127.0.0.1"], ["scan", "--in-flight", "0", "::1"],
            ["scan", "--workers", "65", "::1"], ["scan", "--dry-run=all", "::1"],
            ["scan", "--format", "pdf", "::1"], ["check"], ["reconcile"], ["nosuch"],
            ["scan", "--each", "--format", "table", "::1"],
            ["scan", "--dry-run", "--format", "jsonl", "::1"], ["scan", "--seed", "-1", "::1"],
            ["scan", "--interface", "far-too-long-a-name", "::1"],
            ["reconcile", "--scan", "a.jsonl", "--target", "web1"],
            ["scan", "--udp-budget", "30", "::1"], ["scan", "--udp-budget", "-1s", "::1"],
            ["scan", "--udp-budget", "601s", "::1"], ["scan", "--udp-budget", "", "::1"],
            ["scan", "--udp-effort", "3", "::1"], ["scan", "--udp-effort", "-1", "::1"],
            ["scan", "--udp-effort", "most", "::1"], ["scan", "--include-ot=yes", "::1"],
            ["scan", "--udp=53", "::1"],
        ])
    func usage(arguments: [String]) {
        let error = #expect(throws: (any Error).self) {
            try RootCommand.parseAsRoot(DryRun.respelled(arguments))
        }
        #expect(error.map { RootCommand.exitCode(for: $0).rawValue } == 64)
    }

    @Test(
        "nmap's spellings are understood",
        arguments: [
            (["scan", "-p-", "::1"], "-"), (["scan", "-p22,80", "::1"], "22,80"),
            (["scan", "-p", "ssh", "::1"], "ssh"), (["scan", "::1", "-p", "T:22"], "T:22"),
            (["scan", "-p", "-", "::1"], "-"), (["scan", "-p-1023", "::1"], "-1023"),
        ])
    func ports(arguments: [String], expected: String) throws {
        let command = try #require(try RootCommand.parseAsRoot(arguments) as? ScanCommand)
        #expect(command.ports.ports == expected)
        #expect(command.targets.targets == ["::1"])
    }

    @Test(
        "the choices for UDP reach the plan",
        arguments: [
            ([], .seconds(30), .usual, false),
            (["--udp-budget", "1500ms", "--udp-effort", "0"], .milliseconds(1500), .least, false),
            (["--udp-budget=0", "--udp-effort=2", "--include-ot"], .zero, .most, true),
            (["--udp-budget", "600s", "--udp-effort", "1"], .seconds(600), .usual, false),
        ] as [([String], Duration, DatagramOptions.Effort, Bool)])
    func datagrams(
        arguments: [String], budget: Duration, effort: DatagramOptions.Effort, industrial: Bool
    ) throws {
        let parsed = try RootCommand.parseAsRoot(["scan", "::1"] + arguments)
        let command = try #require(parsed as? ScanCommand)
        let space = try #require(ProbeSpace(TargetSet(), PortSpec()))
        var plan = ScanPlan(space, seed: 1)
        try command.datagrams.apply(to: &plan, own: TargetSet())
        #expect(plan.datagrams.budget == budget)
        #expect(plan.datagrams.effort == effort)
        #expect(plan.datagrams.includesIndustrial == industrial)
    }

    @Test(
        "--udp is about ports that name no transport",
        arguments: [
            (["--udp"], PortSpec(udp: PayloadTable.ports())),
            (
                ["--udp", "--include-ot"],
                PortSpec(udp: PayloadTable.ports(includesIndustrial: true))
            ),
            (["--udp", "-p", "53,123"], PortSpec(udp: PortSet(ports: [53, 123]))),
            (
                ["--udp", "-p", "53,tcp:22"],
                PortSpec(tcp: PortSet(ports: [22]), udp: PortSet(ports: [53]))
            ),
            (["-p", "53,udp:53"], PortSpec(tcp: PortSet(ports: [53]), udp: PortSet(ports: [53]))),
            (["-p", "udp:common"], PortSpec(udp: PayloadTable.ports())),
        ])
    func ports(arguments: [String], are expected: PortSpec) throws {
        let parsed = try RootCommand.parseAsRoot(["scan", "::1"] + arguments)
        let command = try #require(parsed as? ScanCommand)
        let spec = try command.ports.spec(
            ServiceTable(), isUDP: command.datagrams.udp,
            includesIndustrial: command.datagrams.includesIndustrial)
        #expect(spec == expected)
    }

    @Test func `top ports are TCP ports`() throws {
        let parsed = try RootCommand.parseAsRoot(["scan", "::1", "--udp", "--top-ports", "5"])
        let command = try #require(parsed as? ScanCommand)
        let error = try #require(throws: InputError.self) {
            try command.ports.spec(ServiceTable(), isUDP: command.datagrams.udp)
        }
        #expect(error.source == "--top-ports")
        #expect(error.remedy.contains("udp:common"))
        #expect(RootCommand.exitCode(for: RootCommand.ending(of: error)).rawValue == 64)
    }

    @Test(
        "a mistake in a flag of UDP is said in one line, with what would be right",
        arguments: [
            (["--udp-budget", "30"], "1500ms or 2s"), (["--udp-effort", "3"], "0, 1 or 2"),
        ])
    func mistake(arguments: [String], remedy: String) throws {
        let error = try #require(throws: (any Error).self) {
            try RootCommand.parseAsRoot(["scan", "::1"] + arguments)
        }
        let message = RootCommand.message(for: error)
        #expect(message.contains(remedy), "\(message)")
        #expect(!message.contains("\n"), "\(message)")
    }

    @Test func `the dry run has a short and a long form`() throws {
        for (flag, expected) in [("--dry-run", DryRun.summary), ("--dry-run=list", .list)] {
            let arguments = DryRun.respelled(["scan", flag, "127.0.0.1"])
            let command = try #require(try RootCommand.parseAsRoot(arguments) as? ScanCommand)
            #expect(command.dryRun == expected)
            #expect(command.targets.targets == ["127.0.0.1"])
        }
    }

    @Test(
        "packets are captured with or without a file to keep them in",
        arguments: [
            ([], false, nil), (["--capture"], true, nil),
            (["--capture=web.pcapng"], true, "web.pcapng"),
            (["--capture", "--capture=a=b"], true, "a=b"),
            (["--", "--capture=web.pcapng"], false, nil),
        ] as [([String], Bool, String?)])
    func capture(flags: [String], isWanted: Bool, file: String?) throws {
        let arguments = CaptureOptions.respelled(["scan", "127.0.0.1"] + flags)
        let command = try #require(try RootCommand.parseAsRoot(arguments) as? ScanCommand)
        #expect(command.packets.isWanted == isWanted)
        #expect(command.packets.captureFile == file)
    }

    @Test func `the help shows how packets are kept, and no other spelling`() {
        let help = RootCommand.helpMessage(for: ScanCommand.self)
        #expect(help.contains("--capture=FILE.pcapng"))
        #expect(!help.contains("--capture-file"))
    }
}
