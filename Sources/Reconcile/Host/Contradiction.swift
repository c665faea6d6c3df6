public import Prober

/// Different things that sources of one host say of one socket; each may be right at its time.
public struct Contradiction: Hashable, Sendable {
    /// What they differ in.
    public enum Subject: String, Hashable, Sendable, CaseIterable {
        /// Which process holds it.
        case owners
        /// Which destination families reach it.
        case family
        /// Whether it is there at all.
        case presence
    }

    /// What one source says.
    public struct Claim: Hashable, Sendable {
        /// The file, as it was named.
        public var source: String
        /// What it says, in its words.
        public var text: String

        /// A claim of a source.
        public init(source: String, text: String) {
            self.source = source
            self.text = text
        }
    }

    /// What they differ in.
    public var subject: Subject
    /// The socket.
    public var endpoint: Endpoint
    /// What each says, in the order in which they were given.
    public var claims: [Claim]

    /// A contradiction of the given parts.
    public init(_ subject: Subject, _ endpoint: Endpoint, claims: [Claim]) {
        self.subject = subject
        self.endpoint = endpoint
        self.claims = claims
    }
}
