/// One question to a service over UDP: how it is written, and how its reply is known.
///
/// Values of this type are the project's probe table; each protocol has a file of its own, built
/// from the specification it names.
public struct DatagramRequest: Sendable {
    /// Adds the request to the bytes, which are empty.
    public typealias Writer = @Sendable (inout RequestBytes, RequestContext) -> Void
    /// Says what the bytes of a datagram are to the request.
    public typealias Recogniser = @Sendable (RawSpan, RequestContext) -> ReplyMatch

    /// The service asked.
    public let service: DatagramService
    /// What is asked, in a few words.
    public let question: String
    /// The documents, and the sections, that the bytes follow.
    public let specification: String
    /// What a valid reply proves, beyond that the service answers.
    public let proof: String
    /// What of the exchange is out of the common.
    public let traits: Traits
    /// Writes the request.
    public let write: Writer
    /// Recognises the reply.
    public let recognise: Recogniser

    /// What is out of the common.
    public struct Traits: OptionSet, Sendable {
        /// One bit for each trait.
        public let rawValue: UInt8

        /// The traits whose bits are set.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The reply may be much longer than the request, so it is never asked again.
        public static let amplifies = Traits(rawValue: 1)
        /// The reply may come from another port than the one asked.
        public static let movesPort = Traits(rawValue: 2)
        /// The service controls machines: asked only on request (`--include-ot`).
        public static let isIndustrial = Traits(rawValue: 4)
        /// The service makes state for the request that lasts a while: asked last and once.
        public static let leavesState = Traits(rawValue: 8)
        /// The reply goes to the client port of DHCP, 68, which the request must leave from.
        public static let fromClientPort = Traits(rawValue: 16)
    }

    /// A request of the given parts.
    public init(
        _ service: DatagramService, _ question: String, specification: String, proof: String,
        traits: Traits = [], write: @escaping Writer, recognise: @escaping Recogniser
    ) {
        self.service = service
        self.question = question
        self.specification = specification
        self.proof = proof
        self.traits = traits
        self.write = write
        self.recognise = recognise
    }
}
