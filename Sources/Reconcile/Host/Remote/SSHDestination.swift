/// A host as `ssh` is told of it: `USER@HOST`, a host, or a name of the user's ssh configuration.
public struct SSHDestination: Hashable, Sendable, CustomStringConvertible {
    /// The text as it was written.
    public let description: String

    /// The destination `text`; nil for what ssh could take for an option, or a shell for a command.
    ///
    /// A configuration may hand the name to a shell (`ProxyCommand`, `Match exec`), so it has none of
    /// the characters that ssh itself refuses since OpenSSH 9.6.
    public init?(_ text: String) {
        guard (1...512).contains(text.utf8.count), !text.hasPrefix("-"), !text.contains("@-"),
            !text.hasPrefix("@"), !text.hasSuffix("@"), !text.hasSuffix("\\"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f && !Self.refused.contains($0) })
        else { return nil }
        description = text
    }

    private static let refused = Array("'`\"$;&<>|(){}".utf8)

    /// What is wrong with `text`, which is no destination, and what would be right.
    public static func problem(of text: String) -> (problem: String, remedy: String) {
        (
            "\(text.debugDescription) is no host for ssh",
            "Write USER@HOST, or a name of your ssh configuration."
        )
    }
}
