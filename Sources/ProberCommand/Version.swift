import Prober

/// What `prober --version` says.
enum Version {
    /// The version of this source tree; CHANGELOG.md tells what is in it.
    static let number = "0.1.0"

    /// The version, and the capture library this binary can use.
    static var text: String { "prober \(number) (\(CaptureLibrary.version ?? "without libpcap"))" }

    /// What was called, for files that say so.
    static var arguments: [String] { ["prober"] + CommandLine.arguments.dropFirst() }
}
