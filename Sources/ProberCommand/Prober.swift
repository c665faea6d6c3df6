import ArgumentParser
import Prober
import Reconcile

/// The command: words and exit codes only; each subcommand has a file of its own.
@main
struct ProberCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prober",
        abstract: "Show what of a host can really be reached, why, and whether it was meant",
        version: Version.text,
        subcommands: [
            CheckCommand.self, ScanCommand.self, HostCommand.self, ReconcileCommand.self,
        ])

    /// Parses, runs, and turns every error into one message and one exit status.
    static func main() {
        do {
            var command = try parseAsRoot(
                DryRun.respelled(Array(CommandLine.arguments.dropFirst())))
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
        case let error as LiveHostError: say("\(error)", .incomplete)
        case OutputError.readerLeft: ExitCode.success
        case OutputError.failed(let path, let errno):
            say("\(path) cannot be written: \(errno)", .incomplete)
        case let status as ExitStatus: status.code
        default: error
        }
    }

    private static func say(_ message: String, _ status: ExitStatus) -> ExitCode {
        Console.note("prober: \(message)")
        return status.code
    }
}
