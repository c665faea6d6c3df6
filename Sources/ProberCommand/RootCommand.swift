import ArgumentParser
import Prober
import Reconcile
import SystemPackage

/// The command: words and exit codes only; each subcommand has a file of its own.
@main
struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prober",
        abstract: "Show what of a host can really be reached, why, and whether it was meant",
        version: Version.text,
        subcommands: [
            CheckCommand.self, ScanCommand.self, HostCommand.self, FirewallCommand.self,
            ReconcileCommand.self, ExplainCommand.self, DiffCommand.self, PolicyCommand.self,
            MergeCommand.self, WitnessCommand.self, PayloadsCommand.self,
        ])

    /// Parses, runs, and turns every error into one message and one exit status.
    static func main() {
        do {
            FileDescriptor.openMissingStandardStreams()
            FileDescriptor.reportBrokenPipes()
            // Swift reads its arguments from /proc, and has none where that is hidden.
            let arguments = CommandLine.arguments
            guard !arguments.isEmpty else { throw MissingArguments() }
            let words = DryRun.respelled(CaptureOptions.respelled(Array(arguments.dropFirst())))
            var command = try parseAsRoot(words)
            try command.run()
        } catch {
            exit(withError: ending(of: error))
        }
    }

    /// Says what went wrong on standard error; gives what is left to tell the shell.
    static func ending(of error: any Error) -> any Error {
        switch error {
        case let error as InputError: say("\(error)", .usage)
        case let error as ScanError: say("\(error)", error.isUsage ? .usage : .incomplete)
        case let error as CaptureError: say("\(error)", error.isUsage ? .usage : .incomplete)
        case let error as LiveHostError: say("\(error)", .incomplete)
        case let error as RemoteHostError: say("\(error)", .incomplete)
        case OutputError.readerLeft: ExitStatus.success.code
        case OutputError.abandoned: say("stopped before everything was written", .incomplete)
        case OutputError.failed(let path, let errno):
            say("\(path) cannot be written: \(errno)", .incomplete)
        case is MissingArguments:
            say("the arguments cannot be read: /proc is not mounted here", .incomplete)
        case let status as ExitStatus: status.code
        case is ExitCode: error
        // What argument-parser does not know as a matter of its own was not foreseen.
        case _ where exitCode(for: error) == .failure: say("\(error)", .incomplete)
        default: error
        }
    }

    private static func say(_ message: String, _ status: ExitStatus) -> ExitCode {
        Console.note("prober: \(message)")
        return status.code
    }
}

/// The command's arguments cannot be had.
private struct MissingArguments: Error {}
