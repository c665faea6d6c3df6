import ArgumentParser

/// `prober policy`: what was declared.
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Write a target file from what is there today",
        subcommands: [PolicyLearnCommand.self])
}
