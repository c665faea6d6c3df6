import ArgumentParser

/// The flags that say how hosts are asked over ssh.
struct RemoteOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Give ssh this configuration instead of yours (ssh -F)", valueName: "file"))
    var sshConfig: String?
}
